import type { ActionEvent } from "../../stack/action-event.ts";
import { renderSeconds } from "./duration.ts";

type FrontEvent = Extract<ActionEvent, { readonly kind: "front" }>;

/** State of one front in a few words, without any claim that was not observed. */
export function renderMoment({ moment, connections = 0, seconds = 0 }: FrontEvent): string {
  switch (moment) {
    case "drained":
      return "takes no new connection";
    case "connections-ended":
      return "its open connections have ended";
    case "connections-left":
      return `${connections === 1 ? "1 connection is" : `${connections} connections are`} still open after ${renderSeconds(seconds)}, the limit; it is taken out all the same`;
    case "connections-not-counted":
      return `waited ${renderSeconds(seconds)} for open connections to end; this cloud does not count them`;
    case "waiting-for-health":
      return "waiting until it is healthy";
    case "healthy":
      return "healthy";
    case "readmitted":
      return "back in the pool";
  }
}

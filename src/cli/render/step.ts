import type { ExpectedTime } from "../../rolling/forecast.ts";
import type { SwitchStep } from "../../rolling/model.ts";
import { renderSeconds } from "./duration.ts";

/** Description of one step of a switch. */
export function renderStep(step: SwitchStep): string {
  switch (step.kind) {
    case "settle-resize":
      return `${step.how} the interrupted resize of ${step.member}`;
    case "recover-front":
      return `bring ${step.member} back from ERROR`;
    case "readmit-front":
      return `put ${step.members.join(", ")} back into the pool`;
    case "resize-load-balancer":
      return `load balancer from ${step.from} to ${step.to} Mbit/s (open connections may be cut for a moment)`;
    case "add-front":
      return `add ${byDetail(step.members, ({ size }) => `(${size}${step.temporary ? ", only for the switch" : ""})`)}`;
    case "resize-front":
      return `resize ${byDetail(step.members, ({ from, to }) => `from ${from} to ${to}`)}`;
    case "remove-front":
      return `take ${step.members.join(", ")} out and delete ${step.members.length === 1 ? "it" : "them"}`;
  }
}

/** Members with the same detail are named together: `ps-0, ps-1 from b2-7 to b2-15`. */
function byDetail<T extends { readonly name: string }>(members: readonly T[], detail: (member: T) => string): string {
  const names = new Map<string, string[]>();
  for (const member of members) names.set(detail(member), [...(names.get(detail(member)) ?? []), member.name]);
  return [...names].map(([text, all]) => `${all.join(", ")} ${text}`).join("; ");
}

/** `about 3 min 48 s on the real cloud, 1.2 s here` */
export function renderExpected({ seconds, here }: ExpectedTime): string {
  const real = `about ${renderSeconds(seconds)} on the real cloud`;
  return here === undefined ? real : `${real}, ${renderSeconds(here.seconds)} here`;
}

/** Source of an expected duration. */
export function renderSource({ learned }: Pick<ExpectedTime, "learned">): string {
  return learned === undefined ? "estimated" : `as the last ${learned.samples} times`;
}

/** Duration of such steps on the local cloud; empty when unknown. */
export function renderHere({ here }: Pick<ExpectedTime, "here">): string {
  return here === undefined ? "" : `${renderSeconds(here.seconds)}, as the last ${here.samples} times`;
}

import type { StateListing } from "../../actions/state/list-state.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

const kinds = {
  run: "",
  found: "found: nobody had entered it",
  restored: "brought back",
  overwrote: "written without the lock",
} as const;

const now = {
  none: "There is no state.",
  "as-left": "The state is as the last run left it.",
  unknown: "Somebody else has changed the state since, or a run was killed; the next command enters it.",
  unreadable: "The state cannot be read.",
  backwards: "The state went backwards: what later runs did is undone in it.",
} as const;

/** A stack's chain of states and the other copies, newest last. */
export function renderStateList(terminal: Terminal, listing: StateListing): string {
  const head = listing.entries.findLast((entry) => entry.kind !== "overwrote");
  const next = listing.now === "backwards" ? ` Next: lor-infra state restore ${head?.number}` : "";
  const { unreadable } = listing;
  return [
    `State in ${listing.where}. ${now[listing.now]}${next}`,
    ...(unreadable === undefined
      ? []
      : [
          `  what      ${unreadable.message}`,
          `  file      ${unreadable.seen}`,
          `  accepted  ${unreadable.accepted}`,
          `  next      ${unreadable.next}`,
        ]),
    ...(listing.entries.length === 0
      ? []
      : [
          renderTable(
            terminal,
            ["#", "at", "command", "by", "changed", "copy", ""],
            listing.entries.map(({ number, at, operation, by, changed, kept, kind }) => [
              String(number),
              at,
              operation,
              by,
              String(Object.keys(changed).length),
              kept ? "kept" : "",
              kinds[kind],
            ]),
            [0, 4],
          ),
        ]),
    ...(listing.backups.length === 0 ? [] : ["Other copies:", ...listing.backups.map((name) => `  ${name}`)]),
  ].join("\n");
}

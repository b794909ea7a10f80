import { Temporal } from "temporal-polyfill";
import { problem } from "../../../config/problem.ts";
import type { Calendar, EventRule } from "../../../domain/calendar/model.ts";
import { planSeason } from "../../../domain/calendar/windows.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const calendarRules: readonly Rule[] = Object.freeze([
  sharedRule("event-names-apart", ["calendar"], ({ calendar }) =>
    events(calendar).flatMap(({ path, name }, index) => {
      const first = calendar.events.findIndex((event) => event.name === name);
      return first === index
        ? []
        : [
            problem(`${path}.name`, "event-duplicate", {
              what: `calendar.events.${first} has the same name`,
              seen: name,
              accepted: "another name for each event",
            }),
          ];
    }),
  ),
  sharedRule("one-off-ends-after-start", ["calendar"], ({ calendar }) =>
    events(calendar).flatMap((event) =>
      event.kind === "once" && event.to !== undefined && Temporal.PlainDate.compare(event.to, event.from) < 0
        ? [
            problem(`${event.path}.to`, "event-ends-before-start", {
              what: `the event ends before it starts (${event.from})`,
              seen: event.to,
              accepted: `${event.from} or a later day`,
            }),
          ]
        : [],
    ),
  ),
  sharedRule("rush-ends", ["calendar"], ({ calendar }) =>
    endsEveryYear(calendar)
      ? []
      : [
          problem("calendar.events", "rush-never-ends", {
            what: "the rush windows leave no time for normal",
            seen: calendar.events.map(({ name }) => name).join(", "),
            accepted: "a shorter lead, a shorter end or a smaller calendar.mergeWithin",
          }),
        ],
  ),
  // A freeze as long as the rush, or longer, would block the switch.
  sharedRule("freeze-inside-rush", ["calendar"], ({ calendar }) =>
    events(calendar).flatMap(({ path, lead, end, freeze }) => {
      if (freeze === undefined) return [];
      const what = "the switch itself would lie in the change freeze";
      return [
        ...(lead.isLongerThan(freeze.before)
          ? []
          : [
              problem(`${path}.freeze.before`, "freeze-outside-rush", {
                what,
                seen: freeze.before,
                accepted: `shorter than the lead, ${lead}`,
              }),
            ]),
        ...(freeze.after.isLongerThan(end)
          ? [
              problem(`${path}.freeze.after`, "freeze-outside-rush", {
                what,
                seen: freeze.after,
                accepted: `not longer than the end, ${end}`,
              }),
            ]
          : []),
      ];
    }),
  ),
]);

const dayMilliseconds = 86_400_000;

/** Of recurring events only; a one-off event ends. */
function endsEveryYear(calendar: Calendar): boolean {
  const yearly = calendar.events.filter(({ kind }) => kind !== "once");
  const rush = yearly.reduce(
    (sum, { lead, end }) =>
      sum + lead.milliseconds + dayMilliseconds + end.milliseconds + calendar.mergeWithin.milliseconds,
    0,
  );
  // Short windows cannot fill a year, so most calendars skip the check of all dates.
  if (rush < 365 * dayMilliseconds) return true;
  const { windows } = planSeason({ ...calendar, events: yearly }, anyDay, 1);
  return windows.every(({ seconds }) => seconds < 3 * 365 * 86_400);
}

/** Easter moves by five weeks: windows that cover the three years around one date cover the others except for a few days. */
const anyDay = Temporal.PlainDate.from("2027-01-01");

function events(calendar: Calendar): readonly (EventRule & { readonly path: string })[] {
  return calendar.events.map((event, index) => ({ ...event, path: `calendar.events.${index}` }));
}

import { Temporal } from "temporal-polyfill";
import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";
import type { Calendar, EventRule } from "../../../domain/calendar/model.ts";
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
  sharedRule("freeze-inside-rush", ["calendar"], ({ calendar }) =>
    events(calendar).flatMap(({ path, lead, end, freeze }) => [
      ...(freeze?.before.isLongerThan(lead) === true
        ? [outsideRush(`${path}.freeze.before`, "begins before its rush", freeze.before, `at most the lead, ${lead}`)]
        : []),
      ...(freeze?.after.isLongerThan(end) === true
        ? [outsideRush(`${path}.freeze.after`, "ends after its rush", freeze.after, `at most the end, ${end}`)]
        : []),
    ]),
  ),
]);

function outsideRush(path: string, fault: string, seen: EventRule["lead"], accepted: string): Issue {
  return problem(path, "freeze-outside-rush", {
    what: `the change freeze ${fault}: the switch itself would be frozen`,
    seen,
    accepted,
  });
}

function events(calendar: Calendar): readonly (EventRule & { readonly path: string })[] {
  return calendar.events.map((event, index) => ({ ...event, path: `calendar.events.${index}` }));
}

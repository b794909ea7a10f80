import { definePolicy, type Policy, type Violation } from "./policy.ts";

/** Times of changes, and events that are still to come. */
export const calendarPolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "change-freeze",
    exit: 3,
    reason: "a failed change costs most while traffic is highest",
    remedy: "wait until the freeze is over; `--in-freeze` is for one change that cannot wait",
    needs: ["change"],
    judge: ({ change: { freeze } }) =>
      freeze === undefined
        ? []
        : [
            {
              path: "calendar.events.freeze",
              subject: freeze.event,
              what: `nothing is changed around ${freeze.event}: a change that goes wrong now costs the most`,
              seen: `from ${freeze.firstDay} to ${freeze.lastDay}`,
              accepted: "a day outside it",
            },
          ],
  }),
  definePolicy({
    code: "calendar-horizon",
    kind: "warning",
    reason: "a calendar with past events only never plans a rush again, and gives no notice of it",
    remedy: "give the event the days of its next time, or take it out",
    neverWaived: "it is a warning, which stops nothing",
    needs: ["calendar"],
    judge: ({ calendar: { events } }) => {
      const over = events.filter(({ lastDay }) => lastDay !== undefined);
      if (over.length > 0 && over.length === events.length)
        return [
          {
            path: "calendar.events",
            subject: "calendar",
            what: "every event is over: the calendar asks for no rush any more",
            seen: over.map(({ event, lastDay }) => `${event} until ${lastDay}`).join(", "),
            accepted: "an event that is still to come",
          },
        ];
      return over.map(
        ({ event, lastDay }): Violation => ({
          path: "calendar.events",
          subject: event,
          what: `${event} is over and comes only once`,
          seen: `rush until ${lastDay}`,
          accepted: "an event that is still to come",
        }),
      );
    },
  }),
]);

import { Temporal } from "temporal-polyfill";
import type { SeasonReview } from "../../../actions/season/review-season.ts";
import type { ReviewedPart, ReviewedRun } from "../../../domain/review/runs.ts";
import type { Incident } from "../../../domain/review/season.ts";
import { renderAmount } from "../amount.ts";
import { renderSeconds } from "../duration.ts";

/** Content of a review as plain text, for both Markdown and HTML. */
export interface ReviewPage {
  readonly title: string;
  readonly sections: readonly ReviewSection[];
}

interface ReviewSection {
  readonly title: string;
  /** One paragraph each. */
  readonly lines: readonly string[];
  /** Position of the chart. */
  readonly chart?: true;
  readonly table?: ReviewTable;
}

export interface ReviewTable {
  readonly caption: string;
  readonly head: readonly string[];
  readonly alignments: readonly ("left" | "right")[];
  readonly rows: readonly (readonly string[])[];
}

export function reviewPage(review: SeasonReview): ReviewPage {
  const { project, stack, cloud, from, to } = review;
  const moment = momentsIn(review.timeZone);
  const place = cloud === "local" ? "on the local cloud" : "on the real cloud";
  return {
    title: `Season of ${project} / ${stack} ${place}, ${moment(from).slice(0, 10)} to ${moment(to).slice(0, 10)}`,
    sections: [
      inShort(review, moment),
      capacity(review, moment),
      switches(review, moment),
      incidents(review, moment),
      cost(review, moment),
    ],
  };
}

type Moments = (at: string) => string;

/** `2026-12-04 09:12`, in the company's time. */
export function momentsIn(timeZone: string): Moments {
  return (at) => {
    const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
    return local.toString({ smallestUnit: "minute" }).replace("T", " ");
  };
}

function inShort(review: SeasonReview, moment: Moments): ReviewSection {
  const { inRush, over, runs, incidents: bad, cost: money, timeZone } = review;
  const rush =
    inRush === null
      ? "Rush was not reached in this time."
      : `In rush from ${moment(inRush.from)} to ${over ? moment(inRush.to) : "now"}: ${renderDays(inRush.seconds)}.`;
  const failed = bad.filter(({ kind }) => kind !== "repair").length;
  return {
    title: "In short",
    lines: [
      rush,
      `${count(runs.filter(isSwitch).length, "run")} of rush and normal. Of all commands ${failed} did not end well; ${count(bad.length - failed, "step")} repaired what was left.`,
      money.extra === null
        ? "What it cost more than normal is not known."
        : `It cost ${renderAmount(money.extra)} ${money.currency} more than normal in the same time.`,
      `Times are those of ${timeZone}.`,
    ],
  };
}

function capacity({ capacity: changes }: SeasonReview, moment: Moments): ReviewSection {
  if (changes.length === 0) {
    return { title: "Capacity over time", lines: ["The journal of this time does not tell who served."] };
  }
  return {
    title: "Capacity over time",
    lines: [],
    chart: true,
    table: {
      caption: "Fronts that serve, and their cores, from which moment on",
      head: ["from", "fronts", "cores", "who"],
      alignments: ["left", "right", "right", "left"],
      rows: changes.map(({ at, fronts, cores, serving }) => [
        moment(at),
        String(fronts),
        cores === null ? "unknown" : String(cores),
        serving.join(", "),
      ]),
    },
  };
}

function switches({ runs, cloud }: SeasonReview, moment: Moments): ReviewSection {
  const rows = runs
    .filter(isSwitch)
    .flatMap((run) => [
      [run.operation, describeRun(run), moment(run.began), took(run), ""],
      ...run.parts.map((part) => [
        run.operation,
        part.what,
        moment(part.began),
        part.seconds === undefined ? "did not end well" : renderSeconds(part.seconds),
        expected(part, cloud),
      ]),
    ]);
  return {
    title: "Switches, step by step",
    lines: rows.length === 0 ? ["There was no switch in this time."] : [],
    ...(rows.length === 0
      ? {}
      : {
          table: {
            caption: "Each switch with its tasks and steps: what they took, and what was expected",
            head: ["switch", "", "began", "took", "expected"],
            alignments: ["left", "left", "left", "right", "right"],
            rows,
          },
        }),
  };
}

function incidents({ incidents: found }: SeasonReview, moment: Moments): ReviewSection {
  if (found.length === 0) return { title: "Incidents", lines: ["None: every command ended well."] };
  return {
    title: "Incidents",
    lines: [],
    table: {
      caption: "What did not go as planned, by the journal",
      head: ["at", "command", "what happened", "error"],
      alignments: ["left", "left", "left", "left"],
      rows: found.map((one) => [moment(one.at), one.operation, describeIncident(one), one.code ?? ""]),
    },
  };
}

function cost({ cost: money, planned, from, to, inRush }: SeasonReview, moment: Moments): ReviewSection {
  const { currency, extra, plannedExtra, priceBook, total, unknown } = money;
  const rows = [
    ...planned.map((window) => [
      `planned for ${window.events.join(" and ")}`,
      moment(window.from),
      moment(window.to),
      renderDays(window.seconds),
      planned.length === 1 ? renderAmount(plannedExtra) : "",
    ]),
    ...(planned.length > 1 ? [["planned, together", "", "", "", renderAmount(plannedExtra)]] : []),
    ["as it was", moment(from), moment(to), inRush === null ? "" : renderDays(inRush.seconds), renderAmount(extra)],
  ];
  const difference = extra === null || plannedExtra === null ? undefined : Number(extra) - Number(plannedExtra);
  return {
    title: "Cost against forecast",
    lines: [
      `Price book ${priceBook}, pro rata by time; in all ${renderAmount(total)} ${currency}.`,
      planned.length === 0
        ? "No event of the calendar lies in this time, so nothing was planned."
        : difference === undefined
          ? "The difference is not known."
          : `${Math.abs(difference).toFixed(2)} ${currency} ${difference > 0 ? "more" : "less"} than planned, by the calendar as it is today.`,
      ...(unknown.length > 0 ? [`Without a price, and left out: ${unknown.join(", ")}.`] : []),
    ],
    table: {
      caption: `What the rush cost more than normal, in ${currency}`,
      head: ["", "from", "to", "in rush", `${currency} more than normal`],
      alignments: ["left", "left", "left", "right", "right"],
      rows,
    },
  };
}

function isSwitch({ operation }: ReviewedRun): boolean {
  return operation === "rush" || operation === "normal";
}

function describeRun({ outcome, code }: ReviewedRun): string {
  switch (outcome) {
    case "done":
      return "the whole switch";
    case "failed":
      return `failed (${code ?? "no code"})`;
    case "interrupted":
      return "interrupted";
  }
}

function took({ began, ended }: ReviewedRun): string {
  return ended === undefined ? "" : renderSeconds((Date.parse(ended) - Date.parse(began)) / 1000);
}

function expected({ expected: time }: ReviewedPart, cloud: SeasonReview["cloud"]): string {
  if (time === undefined) return "";
  const estimated = cloud === "local" ? "estimated for the real cloud" : "estimated";
  const source = time.samples === 0 ? estimated : `as the last ${time.samples} times`;
  return `${renderSeconds(time.seconds)}, ${source}`;
}

function describeIncident({ kind, what }: Incident): string {
  switch (kind) {
    case "repair":
      return `repaired: ${what ?? ""}`;
    case "failed":
      return what === undefined ? "ended with an error" : `failed in ${what}`;
    case "interrupted":
      return what === undefined ? "was interrupted" : `was interrupted in ${what}`;
  }
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** `22 days 4 h`; below one day in the form of other durations. */
function renderDays(seconds: number): string {
  if (seconds < 86_400) return renderSeconds(seconds);
  const days = Math.floor(seconds / 86_400);
  const hours = Math.round((seconds % 86_400) / 3600);
  if (hours === 24) return count(days + 1, "day");
  return hours === 0 ? count(days, "day") : `${count(days, "day")} ${hours} h`;
}

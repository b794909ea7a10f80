import { Temporal } from "temporal-polyfill";
import type { Spec } from "vega";
import type { SeasonReview } from "../../../actions/season/review-season.ts";
import { escapeHtml } from "./html.ts";
import { momentsIn } from "./page.ts";

export interface CapacityChart {
  readonly svg: string;
  /** Description for readers who cannot see it. */
  readonly description: string;
}

const width = 760;
const height = 260;
const ink = "#1a3c6e";
const alarm = "#b3261e";

/** Serving cores over time, with unplanned events; undefined when the journal records no capacity. Vega is loaded only here. */
export async function drawCapacity(review: SeasonReview): Promise<CapacityChart | undefined> {
  const { capacity, incidents, to, timeZone } = review;
  const known = capacity.flatMap(({ at, cores }) => (cores === null ? [] : [{ at: wallTime(at, timeZone), cores }]));
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const served = [...known, { at: wallTime(to, timeZone), cores: last.cores }];
  const alarms = incidents
    .filter(({ kind }) => kind !== "repair")
    .map((incident) => {
      const at = wallTime(incident.at, timeZone);
      return { at, cores: served.findLast((one) => one.at <= at)?.cores ?? last.cores };
    });
  const { parse, View } = await import("vega");
  const spec: Spec = {
    width,
    height,
    padding: 8,
    background: "white",
    data: [
      { name: "served", values: served },
      { name: "alarms", values: alarms },
    ],
    scales: [
      { name: "time", type: "utc", range: "width", domain: { data: "served", field: "at" } },
      {
        name: "cores",
        type: "linear",
        range: "height",
        domain: { data: "served", field: "cores" },
        zero: true,
        nice: true,
      },
    ],
    // Only the picture as a whole has a name and a description.
    axes: [
      { aria: false, orient: "bottom", scale: "time", title: `time in ${timeZone}`, labelOverlap: true },
      { aria: false, orient: "left", scale: "cores", title: "cores that serve", grid: true, tickMinStep: 1 },
    ],
    marks: [
      {
        aria: false,
        type: "area",
        from: { data: "served" },
        encode: {
          enter: { ...steps, y2: { scale: "cores", value: 0 }, fill: { value: ink }, fillOpacity: { value: 0.15 } },
        },
      },
      {
        aria: false,
        type: "line",
        from: { data: "served" },
        encode: { enter: { ...steps, stroke: { value: ink }, strokeWidth: { value: 2 } } },
      },
      {
        aria: false,
        type: "symbol",
        from: { data: "alarms" },
        encode: {
          enter: {
            x: { scale: "time", field: "at" },
            y: { scale: "cores", field: "cores" },
            shape: { value: "triangle-up" },
            size: { value: 110 },
            fill: { value: alarm },
          },
        },
      },
    ],
  };
  const drawn = await new View(parse(spec), { renderer: "none" }).toSVG();
  const description = describe(review);
  return { svg: label(drawn, "Capacity over time", description), description };
}

const steps = {
  x: { scale: "time", field: "at" },
  y: { scale: "cores", field: "cores" },
  interpolate: { value: "step-after" },
} as const;

function describe({ capacity, incidents, timeZone }: SeasonReview): string {
  const moment = momentsIn(timeZone);
  const cores = capacity.flatMap((one) => (one.cores === null ? [] : [one.cores]));
  const [first] = capacity;
  const failed = incidents.filter(({ kind }) => kind !== "repair").length;
  return [
    `Cores that serve, from ${first === undefined ? "" : moment(first.at)} on:`,
    `at least ${Math.min(...cores)}, at most ${Math.max(...cores)}.`,
    failed === 0 ? "No incident." : `A triangle marks each of ${failed} incidents.`,
    "Every change is in the table below.",
  ].join(" ");
}

/** One picture with a name and a description, instead of many small parts that a screen reader would read out. */
function label(svg: string, title: string, description: string): string {
  return svg
    .replace(/^<svg /, '<svg role="img" aria-labelledby="capacity-title" aria-describedby="capacity-description" ')
    .replace(
      /^(<svg [^>]*>)/,
      `$1<title id="capacity-title">${escapeHtml(title)}</title><desc id="capacity-description">${escapeHtml(description)}</desc>`,
    );
}

/** Wall-clock time as if it were UTC, so that a UTC scale shows the company's time. */
function wallTime(at: string, timeZone: string): number {
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toZonedDateTime("UTC").epochMilliseconds;
}

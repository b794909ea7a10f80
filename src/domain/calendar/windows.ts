import type { Temporal } from "temporal-polyfill";
import { dayOf, midnightAfter, midnightOf, momentOf, type WallTime } from "./local-time.ts";
import type { Calendar, EventRule, Occurrence } from "./model.ts";
import { occurrencesOf } from "./occurrences.ts";

/** A continuous period of rush, for one event or for several close ones. */
export interface RushWindow {
  /** By the beginning of their rush; the first one names the window. */
  readonly occurrences: readonly [Occurrence, ...Occurrence[]];
  readonly start: Temporal.ZonedDateTime;
  /** First moment after it. */
  readonly end: Temporal.ZonedDateTime;
  readonly firstDay: Temporal.PlainDate;
  /** Last day, even if only part of it belongs to the window. */
  readonly lastDay: Temporal.PlainDate;
  /** The same in wall-clock time, where a day has 24 hours. */
  readonly wall: { readonly from: WallTime; readonly to: WallTime };
  /** Duration in wall-clock time. */
  readonly seconds: number;
  /** A gap that merging bridges. */
  readonly bridged: readonly Gap[];
}

/** Time between the rush of one event and the rush of the next. */
export interface Gap {
  readonly after: Occurrence;
  readonly before: Occurrence;
  readonly firstDay: Temporal.PlainDate;
  /** Last day, even if only part of it belongs to the gap. */
  readonly lastDay: Temporal.PlainDate;
  /** In wall-clock time. */
  readonly seconds: number;
}

export interface Season {
  readonly windows: readonly RushWindow[];
  /** Between the windows, with the system in normal; one fewer than windows. */
  readonly gaps: readonly Gap[];
}

interface Span {
  readonly occurrence: Occurrence;
  readonly from: WallTime;
  readonly to: WallTime;
}

/** A lead and an offset from Easter span up to a year each, an end one more: occurrences of these neighbouring years may overlap a period. */
const reachYears = 3;

/** All windows that overlap the years from a day on. Every period that overlaps a window yields the same window. */
export function planSeason(calendar: Calendar, from: Temporal.PlainDate, years: number): Season {
  const until = from.add({ years });
  const spans = occurrencesOf(calendar, from.year - reachYears, until.year + reachYears)
    .map(spanOf)
    .sort((a, b) => a.from - b.from || a.to - b.to);
  const periodStart = midnightOf(from);
  const periodEnd = midnightOf(until);
  const merged = merge(spans, calendar).filter((group) => group.to > periodStart && group.from < periodEnd);
  return {
    windows: merged.map((group) => toWindow(group, calendar.timeZone)),
    gaps: merged.slice(1).flatMap((group, index) => {
      const previous = merged[index];
      return previous === undefined ? [] : [gapBetween(previous.latest, group.spans[0])];
    }),
  };
}

/** Window that contains a moment. */
export function windowAt(calendar: Calendar, moment: Temporal.Instant): RushWindow | undefined {
  const day = moment.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  return planSeason(calendar, day, 1).windows.find((window) => isWithin(window, moment));
}

/** Last day of the rush for a one-off event; undefined for a yearly one. */
export function lastDayOf(event: EventRule): Temporal.PlainDate | undefined {
  if (event.kind !== "once") return undefined;
  const { from: first, to: last = first } = event;
  return dayOf(spanOf({ event, year: first.year, first, last }).to - 1);
}

export function isWithin(
  { start, end }: { readonly start: Temporal.ZonedDateTime; readonly end: Temporal.ZonedDateTime },
  moment: Temporal.Instant,
): boolean {
  const { epochMilliseconds } = moment;
  return start.epochMilliseconds <= epochMilliseconds && epochMilliseconds < end.epochMilliseconds;
}

interface Group {
  readonly spans: readonly [Span, ...Span[]];
  readonly from: WallTime;
  readonly to: WallTime;
  /** The one that ends last. */
  readonly latest: Span;
  readonly bridged: readonly Gap[];
}

function merge(spans: readonly Span[], { mergeWithin }: Calendar): readonly Group[] {
  const groups: Group[] = [];
  for (const span of spans) {
    const last = groups.at(-1);
    const apart = last === undefined ? 0 : span.from - last.to;
    if (last === undefined || (apart > 0 && apart >= mergeWithin.milliseconds)) {
      groups.push({ spans: [span], from: span.from, to: span.to, latest: span, bridged: [] });
      continue;
    }
    const latest = span.to > last.to ? span : last.latest;
    const bridged = apart > 0 ? [...last.bridged, gapBetween(last.latest, span)] : last.bridged;
    groups[groups.length - 1] = { spans: [...last.spans, span], from: last.from, to: latest.to, latest, bridged };
  }
  return groups;
}

function spanOf(occurrence: Occurrence): Span {
  const { event, first, last } = occurrence;
  return {
    occurrence,
    from: midnightOf(first) - event.lead.milliseconds,
    to: midnightAfter(last) + event.end.milliseconds,
  };
}

function toWindow({ spans: [first, ...others], from, to, bridged }: Group, timeZone: string): RushWindow {
  return {
    occurrences: [first.occurrence, ...others.map(({ occurrence }) => occurrence)],
    start: momentOf(from, timeZone, "earlier"),
    end: momentOf(to, timeZone, "later"),
    firstDay: dayOf(from),
    lastDay: dayOf(to - 1),
    wall: { from, to },
    seconds: (to - from) / 1000,
    bridged,
  };
}

function gapBetween(earlier: Span, later: Span): Gap {
  return {
    after: earlier.occurrence,
    before: later.occurrence,
    firstDay: dayOf(earlier.to),
    lastDay: dayOf(later.from - 1),
    seconds: (later.from - earlier.to) / 1000,
  };
}

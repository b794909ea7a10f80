import { writeFileSync } from "node:fs";
import ical, { ICalEventTransparency } from "ical-generator";
import { Temporal } from "temporal-polyfill";
import { tzlib_get_ical_block } from "timezones-ical-library";
import { ExitCode, LorError } from "../../core/errors.ts";
import { readUserText } from "../../os/user-file.ts";
import type { CalendarEvent, CalendarReport, CalendarWindow } from "./list-windows.ts";

interface RenderICalendarArgs {
  readonly report: CalendarReport;
  /** Project name: title of the calendar, and second half of every UID. */
  readonly project: string;
  readonly now: Temporal.Instant;
}

/**
 * The windows and change freezes as iCalendar (RFC 5545), with the rules of the time zone. An entry keeps its UID in every export, whatever its
 * dates: a calendar program that reads the file again updates its entries.
 */
function renderICalendar({ report, project, now }: RenderICalendarArgs): string {
  const { timeZone } = report;
  const calendar = ical({ name: `${project}: rush`, prodId: { company: "lor-infra", product: "calendar" } });
  // Without a name: with one, the library omits the Z that the standard requires in every DTSTAMP.
  calendar.timezone({ name: null, generator: (name) => [tzlib_get_ical_block(name)].flat()[0] ?? null });
  const add = (uid: string, times: Pick<CalendarWindow, "start" | "end">, summary: string, description: string) =>
    calendar.createEvent({
      id: `${uid}@${project}.lor-infra`,
      stamp: now,
      timezone: timeZone,
      start: Temporal.Instant.from(times.start).toZonedDateTimeISO(timeZone),
      end: Temporal.Instant.from(times.end).toZonedDateTimeISO(timeZone),
      summary,
      description,
      // A window does not mark anyone as busy.
      transparency: ICalEventTransparency.TRANSPARENT,
    });
  for (const window of report.windows) {
    const names = window.events.map(({ event }) => event).join(", ");
    add(`rush-${window.event}-${window.year}`, window, `Rush: ${names}`, describe(window));
    for (const event of window.events) {
      if (event.freeze === null) continue;
      add(`freeze-${event.event}-${event.year}`, event.freeze, `No change: ${event.event}`, dateOf(event));
    }
  }
  return `${calendar.toString().trimEnd()}\r\n`;
}

/** Writes the file; it replaces nothing but an older calendar. */
export function exportCalendar(file: string, args: RenderICalendarArgs): void {
  try {
    refuseOther(file);
    writeFileSync(file, renderICalendar(args));
  } catch (error) {
    if (!(error instanceof Error && "code" in error) || error instanceof LorError) throw error;
    throw new LorError({
      code: "calendar-not-written",
      message: `the calendar cannot be written (${error.code})`,
      exit: ExitCode.failed,
      culprit: "user",
      path: "--ical",
      seen: file,
      accepted: "a file in a folder that is there and may be written",
      cause: error,
    });
  }
}

/** Protects the settings from `--ical Pulumi.yaml`. */
function refuseOther(file: string): void {
  const there = readUserText(file);
  if (there.ok ? there.content.startsWith("BEGIN:VCALENDAR") : there.fault.code === "file-missing") return;
  throw new LorError({
    code: "calendar-file-taken",
    message: there.ok ? "the file exists and is no iCalendar file" : `the file ${there.fault.reason}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--ical",
    seen: file,
    accepted: "a new file, or a calendar that is written anew",
  });
}

function describe(window: CalendarWindow): string {
  return `${window.events.map(dateOf).join("\n")}\nin rush from ${window.rushFrom} to ${window.rushTo}`;
}

function dateOf({ event, date, lastDate }: CalendarEvent): string {
  return `${event}: ${date === lastDate ? date : `${date} to ${lastDate}`}`;
}

import { Temporal } from "temporal-polyfill";
import { listWindows } from "../../actions/calendar/list-windows.ts";
import { ExitCode } from "../../core/errors.ts";
import { instantNow } from "../../os/instant.ts";
import { loadSettings } from "../load-settings.ts";
import type { SettingsOptions } from "../options.ts";
import { renderCalendar } from "../render/calendar.ts";
import type { Terminal } from "../terminal.ts";

interface CalendarOptions extends SettingsOptions {
  /** `YYYY-MM-DD`. Default: today. */
  readonly from?: string;
  readonly years: number;
  /** iCalendar file to write. */
  readonly ical?: string;
  readonly priceBook?: string | undefined;
}

export async function calendar(terminal: Terminal, options: CalendarOptions): Promise<ExitCode> {
  const project = loadSettings(options);
  const now = instantNow();
  const { from, years, ical, priceBook } = options;
  const report = listWindows({
    project,
    now,
    years,
    priceBook,
    ...(from === undefined ? {} : { from: Temporal.PlainDate.from(from) }),
  });
  if (ical !== undefined) {
    // The time zones of this module are half a megabyte, which only this option needs.
    const { exportCalendar } = await import("../../actions/calendar/export-calendar.ts");
    exportCalendar(ical, { report, project: project.name, now });
  }
  terminal.document(report);
  // A screen of two centuries takes a second to lay out.
  if (!terminal.json) terminal.line(renderCalendar(terminal, report));
  if (ical !== undefined) terminal.line(`\nWritten: ${ical}`);
  return ExitCode.done;
}

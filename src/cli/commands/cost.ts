import { Temporal } from "temporal-polyfill";
import { estimateCost } from "../../actions/cost/estimate-cost.ts";
import { costSeason } from "../../actions/cost/season-cost.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { instantNow } from "../../os/instant.ts";
import { profilesOf } from "../../systems/project-plan.ts";
import { loadSettings } from "../load-settings.ts";
import type { SettingsOptions } from "../options.ts";
import { renderCost } from "../render/cost.ts";
import type { Terminal } from "../terminal.ts";

interface CostOptions extends SettingsOptions {
  readonly profile?: Profile;
  readonly frontsFlavor?: string;
  readonly priceBook?: string | undefined;
  /** A year instead of a month. */
  readonly season?: boolean;
  readonly year?: number;
  /** `YYYY-MM-DD` */
  readonly from?: string;
  /** Other settings to compare, such as `rpo=15m`. */
  readonly compare?: readonly string[];
}

export async function cost(terminal: Terminal, options: CostOptions): Promise<ExitCode> {
  if (options.compare !== undefined) return await costOfChange(terminal, options, options.compare);
  if (options.season === true) return await costOfSeason(terminal, options);
  refuseWithoutSeason(options);
  return costOfMonth(terminal, options);
}

/** One profile if requested, otherwise both; a script always gets one document, of normal by default. */
function costOfMonth(terminal: Terminal, options: CostOptions): ExitCode {
  const project = loadSettings(options, "tell");
  const { frontsFlavor, priceBook } = options;
  const report = (profile: Profile) =>
    estimateCost({ project, profile, priceBook, ...(frontsFlavor === undefined ? {} : { frontsFlavor }) });
  const asked = options.profile ?? "normal";
  const first = report(asked);
  terminal.document(first);
  const shown: readonly Profile[] = options.profile === undefined ? profilesOf(project) : [options.profile];
  terminal.line(shown.map((profile) => renderCost(terminal, profile === asked ? first : report(profile))).join("\n\n"));
  return ExitCode.done;
}

async function costOfSeason(terminal: Terminal, options: CostOptions): Promise<ExitCode> {
  const project = loadSettings(options, "tell");
  const from = firstDay(options, project.settings.normal.calendar.timeZone);
  const report = costSeason({ project, from, priceBook: options.priceBook });
  terminal.document(report);
  if (terminal.json) return ExitCode.done;
  // Only this screen needs the library that draws its chart.
  const { renderSeasonCost } = await import("../render/season-cost.ts");
  terminal.line(renderSeasonCost(terminal, report));
  return ExitCode.done;
}

async function costOfChange(terminal: Terminal, options: CostOptions, changes: readonly string[]): Promise<ExitCode> {
  const project = loadSettings(options, "tell");
  const from = firstDay(options, project.settings.normal.calendar.timeZone);
  const [{ compareSettings }, { renderComparison }] = await Promise.all([
    import("../../actions/cost/compare-settings.ts"),
    import("../render/comparison.ts"),
  ]);
  const report = compareSettings({ project, changes, from, priceBook: options.priceBook });
  terminal.document(report);
  terminal.line(renderComparison(terminal, report));
  return ExitCode.done;
}

/** Default: today in the company's time zone. */
function firstDay({ year, from }: CostOptions, timeZone: string): Temporal.PlainDate {
  if (year !== undefined) return new Temporal.PlainDate(year, 1, 1);
  return from === undefined ? instantNow().toZonedDateTimeISO(timeZone).toPlainDate() : Temporal.PlainDate.from(from);
}

/** Refuses options that only apply to a year, instead of ignoring them. */
function refuseWithoutSeason({ year, from }: CostOptions): void {
  if (year === undefined && from === undefined) return;
  throw new LorError({
    code: "cost-of-month",
    message: "a month of a profile has no date",
    exit: ExitCode.usage,
    culprit: "user",
    path: year === undefined ? "--from" : "--year",
    seen: String(year ?? from),
    accepted: "together with --season or --compare",
    next: "lor-infra cost --season",
  });
}

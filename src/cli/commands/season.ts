import { Temporal } from "temporal-polyfill";
import { refuseInFreeze } from "../../actions/rush/change-freeze.ts";
import { season as readSeason, type SeasonReport } from "../../actions/season/season.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { instantNow } from "../../os/instant.ts";
import { loadSettings } from "../load-settings.ts";
import type { SwitchOptions } from "../options.ts";
import { tellAccepted } from "../render/policies.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";
import { normal, rush } from "./switch.ts";

interface SeasonOptions extends SwitchOptions {
  /** Carry out the switch that is due. */
  readonly apply: boolean;
  /** Review the last season. */
  readonly review: boolean;
  /** Days of the review. */
  readonly from?: string;
  readonly to?: string;
  /** `YYYY-MM-DD`: noon of that day instead of now. */
  readonly at?: string;
}

/** Compares the profile that the calendar plans for today with the live one. `--apply` switches: for a scheduled job. */
export async function season(terminal: Terminal, options: SeasonOptions): Promise<ExitCode> {
  if (options.review) return await (await import("./review.ts")).review(terminal, options);
  const project = loadSettings(options);
  const { calendar } = project.settings.normal;
  if (options.apply && options.at !== undefined && options.cloud !== "local") throw otherDay(options.at);
  const moment = momentOf(options.at, calendar.timeZone);
  const report = await withStack(terminal, options, undefined, ({ context }) => readSeason(context, moment));
  terminal.line(renderSeason(report));
  if (report.agrees || !options.apply) {
    terminal.document({ ...report, applied: false });
    return report.agrees ? ExitCode.done : ExitCode.differences;
  }
  if (options.inFreeze !== true) {
    tellAccepted(terminal, refuseInFreeze(project, moment, `lor-infra ${report.wanted} --in-freeze`));
  }
  return await (report.wanted === "rush" ? rush : normal)(terminal, { ...options, moment });
}

function renderSeason({ wanted, live, agrees, serving, window, next, frozenTo }: SeasonReport): string {
  const why =
    window === null
      ? "no event is near"
      : `${window.events.join(" and ")}, rush from ${window.rushFrom} to ${window.rushTo}`;
  return [
    `Wanted: ${wanted} (${why})`,
    `Live:   ${live ?? "between two profiles"}, ${serving} fronts serve`,
    ...(frozenTo === null ? [] : [`Frozen: nothing is to be changed up to and with ${frozenTo}`]),
    ...(next === null ? [] : [`Next:   ${next.events.join(" and ")}, rush from ${next.rushFrom} to ${next.rushTo}`]),
    agrees ? "Nothing to do." : `To do: lor-infra ${wanted}, or lor-infra season --apply`,
  ].join("\n");
}

function momentOf(day: string | undefined, timeZone: string): Temporal.Instant {
  if (day === undefined) return instantNow();
  return Temporal.PlainDate.from(day).toZonedDateTime({ timeZone, plainTime: "12:00" }).toInstant();
}

function otherDay(at: string): LorError {
  return new LorError({
    code: "season-of-another-day",
    message: "a real system is switched for today only",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--at",
    seen: at,
    accepted: "--at without --apply, or with --cloud local to rehearse",
    next: "lor-infra season --apply",
  });
}

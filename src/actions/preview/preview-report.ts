import type { Temporal } from "temporal-polyfill";
import { amountDifference } from "../../core/money.ts";
import type { MonthlyPrice } from "../../domain/calendar/price.ts";
import type { Profile } from "../../domain/profile.ts";
import { instantNow } from "../../os/instant.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { loadProject, type Project } from "../../systems/load-project.ts";
import { planProfile } from "../../systems/project-plan.ts";
import { type NextSeason, nextSeason } from "../calendar/next-season.ts";
import { acceptedReport, type CheckReport } from "../check/check-settings.ts";
import { pricePlan } from "../cost/price-plan.ts";
import { compareDataLoss, type DataLossComparison } from "../rpo/compare-data-loss.ts";
import { type PreviewInput, type PreviewResult, preview } from "./preview.ts";

/** A preview as plain data: the JSON document, and the input of its Markdown. */
export interface PreviewReport
  extends Pick<PreviewResult, "profile" | "current" | "changes" | "steps" | "disks" | "stop" | "seconds" | "differs"> {
  readonly version: 1;
  readonly project: string;
  readonly cloud: StackContext["cloud"];
  readonly stack: string;
  readonly base: PreviewBase;
  readonly price: PreviewPrice;
  readonly dataLoss: DataLossComparison;
  readonly check: CheckReport;
}

/** Whether the settings before the change were available. */
interface PreviewBase {
  readonly kind: "none" | "given" | "refused";
  /** First problem of a refused preview. */
  readonly reason?: string;
}

/** Monthly price. Amounts are decimal texts with all their digits; null is unknown, never zero. */
interface PreviewPrice {
  readonly priceBook: string;
  readonly currency: string;
  /** Null: nothing exists. */
  readonly now: PreviewSum | null;
  readonly after: PreviewSum;
  /** After minus now, of known prices; null when there is nothing to subtract, or when a price is unknown on one side only. */
  readonly difference: string | null;
  /** Both profiles of the settings, whichever the stack is in: a change of the other one costs too, later. */
  readonly profiles: readonly ProfilePrice[];
  /** The current or the next rush, by calendar and sizes of each side. Null: no rush within a year, or the settings before the change are unknown. */
  readonly nextSeason: { readonly before: NextSeason | null; readonly after: NextSeason | null };
}

interface ProfilePrice {
  readonly profile: Profile;
  /** Null: unknown, without the settings before the change. */
  readonly before: PreviewSum | null;
  readonly after: PreviewSum;
}

export interface PreviewSum {
  readonly amount: string | null;
  /** Keys of the charges without a known price, as a price book names them; the amount does not include them. */
  readonly unpriced: readonly string[];
}

export interface PreviewReportInput extends Omit<PreviewInput, "base"> {
  /** Folder with the settings before the change, such as a checkout of the target branch. */
  readonly base?: string;
  /** Default: now. */
  readonly now?: Temporal.Instant;
}

/** Previews once, with the effects on price and data. */
export async function reportPreview(
  context: StackContext,
  { base: folder, now = instantNow(), ...input }: PreviewReportInput,
): Promise<{ readonly report: PreviewReport; readonly result: PreviewResult }> {
  const { project, cloud } = context;
  const loaded = folder === undefined ? undefined : loadProject(folder, project.stack, { recorded: [project.stack] });
  const base = loaded?.ok === true ? loaded.value : undefined;
  const result = await preview(context, { ...input, ...(base === undefined ? {} : { base }) });
  const { profile, current, changes, steps, disks, stop, seconds, differs } = result;
  return {
    result,
    report: {
      version: 1,
      project: project.name,
      cloud,
      stack: project.stack,
      profile,
      current,
      changes,
      steps,
      disks,
      stop,
      seconds,
      differs,
      base: describeBase(loaded),
      price: { ...priceOf(result), profiles: priceProfiles(base, project), nextSeason: seasonsOf(base, project, now) },
      dataLoss: compareDataLoss(base, project),
      check: acceptedReport(project),
    },
  };
}

function describeBase(loaded: ReturnType<typeof loadProject> | undefined): PreviewBase {
  if (loaded === undefined) return { kind: "none" };
  if (loaded.ok) return { kind: "given" };
  const [first] = loaded.issues;
  return { kind: "refused", ...(first === undefined ? {} : { reason: `${first.path}: ${first.message}` }) };
}

function priceProfiles(base: Project | undefined, project: Project): readonly ProfilePrice[] {
  const priced = (settings: Project, profile: Profile) => sumOf(pricePlan(planProfile(settings, profile)));
  return (["normal", "rush"] as const).map((profile) => ({
    profile,
    before: base === undefined ? null : priced(base, profile),
    after: priced(project, profile),
  }));
}

function seasonsOf(base: Project | undefined, project: Project, now: Temporal.Instant): PreviewPrice["nextSeason"] {
  const seasonOf = (settings: Project) => nextSeason(settings, now) ?? null;
  return { before: base === undefined ? null : seasonOf(base), after: seasonOf(project) };
}

function priceOf({
  before,
  after,
}: Pick<PreviewResult, "before" | "after">): Omit<PreviewPrice, "profiles" | "nextSeason"> {
  const { priceBook, currency, ...month } = pricePlan(after);
  const then = sumOf(month);
  const now = before === undefined ? null : sumOf(pricePlan(before));
  return {
    priceBook,
    currency,
    now,
    after: then,
    difference: now === null ? null : less(then, now, currency),
  };
}

function sumOf({ known, unknown }: MonthlyPrice): PreviewSum {
  return { amount: known?.amount ?? null, unpriced: unknown };
}

function less(after: PreviewSum, now: PreviewSum, currency: string): string | null {
  return after.unpriced.length === now.unpriced.length ? amountDifference(after.amount, now.amount, currency) : null;
}

import type { Temporal } from "temporal-polyfill";
import {
  changeKey,
  changeSettings,
  describeSetting,
  readChange,
  type SettingChange,
} from "../../config/changed-settings.ts";
import type { RawProject } from "../../config/raw-project.ts";
import { LorError } from "../../core/errors.ts";
import { amountDifference } from "../../core/money.ts";
import type { Issue } from "../../core/result.ts";
import type { MonthlyPrice } from "../../domain/calendar/price.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import { systemClock } from "../../os/host.ts";
import type { RecoveryAdvice } from "../../systems/contract.ts";
import { judgeProject, type Project, type ProjectJudgement, readProjectFiles } from "../../systems/load-project.ts";
import { cloudOf, planProfile } from "../../systems/project-plan.ts";
import { type CheckReport, describePolicies, exitOf, withoutExit } from "../check/check-settings.ts";
import { compareDataLoss, type DataLossComparison } from "../rpo/compare-data-loss.ts";
import { requirePriceBook } from "./estimate-cost.ts";
import { differingKeys, priceProfiles, unpricedOf } from "./price-profiles.ts";
import { costSeason } from "./season-cost.ts";

export interface CompareSettingsArgs {
  readonly project: Project;
  /** Such as `rpo=15m`, `rush.loadBalancer.bandwidth=4000`; at least one. */
  readonly changes: readonly string[];
  /** First day of the year that is priced. */
  readonly from: Temporal.PlainDate;
  /** Id of a price book, such as `offer-2025`. */
  readonly priceBook?: string | undefined;
  /** Default: now. Decides which waivers have expired and which prices are old. */
  readonly now?: Date;
}

/** Cost and promises of other settings. Before: the current settings; after: with the change and the settings it implies. */
export interface ComparisonReport {
  readonly version: 1;
  readonly changes: readonly ComparedSetting[];
  /** Settings that the change implies. */
  readonly needs: readonly (ComparedSetting & { readonly why: string })[];
  /** Promises of the change that nothing on offer can keep. */
  readonly impossible: RecoveryAdvice["impossible"];
  readonly price: ComparedPrice;
  readonly dataLoss: DataLossComparison;
  /** Policy violations: before, with the change alone, and with its implied settings. */
  readonly refused: Readonly<Record<"before" | "alone" | "after", CheckReport["issues"]>>;
  /** Reason and remedy of every policy named above. */
  readonly policies: CheckReport["policies"];
}

export interface ComparedSetting {
  /** As typed, such as `rush.loadBalancer.bandwidth`. */
  readonly path: string;
  /** Null: not set, without a default. */
  readonly from: string | null;
  readonly to: string;
}

/** Amounts are decimal texts; null is unknown, never zero. */
interface ComparedPrice {
  readonly priceBook: string;
  readonly currency: string;
  readonly tax: PriceBook["tax"];
  readonly months: readonly (ComparedAmount & { readonly profile: Profile })[];
  /** A year with its rush, as `cost --season` prices it. */
  readonly season: ComparedAmount & { readonly from: string; readonly to: string };
  /** Charges without a known price; the amounts exclude them. */
  readonly unknown: readonly ComparedUnknown[];
}

interface ComparedAmount {
  readonly before: string | null;
  readonly after: string | null;
  /** After minus before, of known prices; null when a price is unknown on one side only. */
  readonly difference: string | null;
  /** Charges without a known price that differ between both sides; the difference excludes them. */
  readonly differenceLacks: readonly string[];
}

export interface ComparedUnknown {
  /** Price key, such as `router`. */
  readonly key: string;
  /** Sides on which the price is missing. */
  readonly side: "both" | "before" | "after";
  /** Other price books that contain the price. */
  readonly knownIn: readonly string[];
}

/**
 * Cost of a stronger promise or of any other settings. Writes nothing.
 * @throws LorError `comparison-refused` when the change cannot be parsed or built, `price-book-unknown`
 */
export function compareSettings({
  project,
  changes: texts,
  from,
  priceBook,
  now = systemClock.now(),
}: CompareSettingsArgs): ComparisonReport {
  const book = requirePriceBook(project, priceBook);
  const raw = readAgain(project);
  const judge = (changed: RawProject) => judgeProject(project.dir, project.stack, changed, now, [project.stack]);
  const changes = readChanges(texts, raw, project);
  const implied = impliedBy(project, raw, changes, judge);
  const alone = requireProject(judge(changeSettings(raw, [...changes, ...implied])), texts);
  const advice = adviseOn(
    alone.project,
    changes.flatMap(({ place, path }) => (place === "shared" ? [path] : [])),
  );
  const settings = advice.needs.flatMap(({ settings: needed }) =>
    needed.map(({ path, value }): SettingChange => ({ place: "shared", path, value })),
  );
  const after = requireProject(judge(changeSettings(raw, [...changes, ...implied, ...settings])), texts);
  const refused = {
    before: judge(raw).refused,
    alone: alone.refused,
    after: after.refused,
  };
  return {
    version: 1,
    changes: changes.map((change) => describeChange(change, project, after.project)),
    needs: [
      ...implied.map((change) => ({ ...describeChange(change, project, after.project), why: change.why })),
      ...advice.needs.flatMap(({ settings: needed }) =>
        needed.map(({ path, why }) => ({
          ...describeChange({ place: "shared", path }, project, after.project),
          why,
        })),
      ),
    ],
    impossible: advice.impossible,
    price: comparePrices(project, after.project, book, from),
    dataLoss: compareDataLoss(project, after.project),
    refused: {
      before: refused.before.map(withoutExit),
      alone: refused.alone.map(withoutExit),
      after: refused.after.map(withoutExit),
    },
    policies: describePolicies([...refused.before, ...refused.alone, ...refused.after]),
  };
}

/** @param kept paths of settings that were requested explicitly */
function adviseOn(project: Project, kept: readonly string[]): RecoveryAdvice {
  const { recovery } = project.system.capabilities;
  const plan = planProfile(project, "normal");
  return recovery?.advise(plan, plan.rpoSeconds, kept) ?? { needs: [], impossible: [] };
}

/** The raw files: the parsed settings do not record the file of a value. */
function readAgain({ dir, stack }: Project): RawProject {
  const raw = readProjectFiles(dir, stack);
  if (!raw.ok) throw refused([], raw.issues);
  return raw.value;
}

function readChanges(texts: readonly string[], raw: RawProject, project: Project): readonly SettingChange[] {
  const sections = Object.keys(project.system.schema.shape);
  const read = texts.map((text) => readChange(text, { raw, settings: project.settings, sections }));
  const issues = read.flatMap((result) => (result.ok ? [] : result.issues));
  if (issues.length > 0) throw refused(texts, issues);
  const changes = read.flatMap((result) => (result.ok ? [result.value] : []));
  const twice = changes.find(
    (one, index) => changes.findIndex((other) => changeKey(other) === changeKey(one)) !== index,
  );
  if (twice === undefined) return changes;
  throw new LorError({
    code: "comparison-twice",
    message: "--with names one setting twice",
    exit: 2,
    culprit: "user",
    path: "--compare",
    seen: changeKey(twice),
    accepted: "each setting once; several settings with several --compare",
    next: "lor-infra cost --help",
  });
}

/** Settings that must follow the change so that it can be built, such as addresses for more members. */
function impliedBy(
  { system }: Project,
  raw: RawProject,
  changes: readonly SettingChange[],
  judge: (changed: RawProject) => ProjectJudgement,
): readonly (SettingChange & { readonly why: string })[] {
  const { issues, settings } = judge(changeSettings(raw, changes));
  const implied = system.capabilities.rolling?.impliedSettings(settings, issues) ?? [];
  return implied.map((one) => ({ place: "shared", ...one }));
}

function requireProject(
  judgement: ProjectJudgement,
  texts: readonly string[],
): ProjectJudgement & { readonly project: Project } {
  const { project, issues } = judgement;
  if (project === undefined) throw refused(texts, issues);
  return { ...judgement, project };
}

function refused(texts: readonly string[], issues: readonly Issue[]): LorError {
  const lines = issues.map(({ path, message, code }) => `  ${path}: ${message} [${code}]`);
  return new LorError({
    code: "comparison-refused",
    message: `what is asked about could not be built\n${lines.join("\n")}`,
    exit: exitOf(issues),
    culprit: "user",
    path: "--compare",
    seen: texts.map((text) => text.split("=", 1)[0]).join(", "),
    accepted: "settings that `lor-infra check` would accept, or that only policies refuse",
    next: "lor-infra cost --help",
  });
}

function describeChange(
  change: Pick<SettingChange, "place" | "path">,
  before: Project,
  after: Project,
): ComparedSetting {
  const profile = change.place === "shared" ? "normal" : change.place;
  return {
    path: changeKey(change),
    from: describeSetting(before.settings[profile], change.path) ?? null,
    to: describeSetting(after.settings[profile], change.path) ?? "nothing",
  };
}

function comparePrices(before: Project, after: Project, book: PriceBook, from: Temporal.PlainDate): ComparedPrice {
  const prices = { before: priceProfiles(before, book), after: priceProfiles(after, book) };
  const season = {
    before: costSeason({ project: before, from, priceBook: book.id }),
    after: costSeason({ project: after, from, priceBook: book.id }),
  };
  const lacks = {
    normal: differingKeys(unpricedOf(before, "normal", book), unpricedOf(after, "normal", book)),
    rush: differingKeys(unpricedOf(before, "rush", book), unpricedOf(after, "rush", book)),
  };
  const comparable = sameNames(season.before.prices.unknown, season.after.prices.unknown);
  const seasonTotals = { before: season.before.total.total, after: season.after.total.total };
  return {
    priceBook: book.id,
    currency: book.currency,
    tax: book.tax,
    months: (["normal", "rush"] as const).map((profile) => ({
      profile,
      ...compareMonths(prices.before[profile], prices.after[profile]),
      differenceLacks: lacks[profile],
    })),
    season: {
      from: season.before.from,
      to: season.before.to,
      ...seasonTotals,
      difference: comparable ? amountDifference(seasonTotals.after, seasonTotals.before, book.currency) : null,
      differenceLacks: [...new Set([...lacks.normal, ...lacks.rush])],
    },
    unknown: compareUnknown(season.before.prices.unknown, season.after.prices.unknown, {
      book,
      priceBooks: cloudOf(before).priceBooks,
    }),
  };
}

function compareMonths(before: MonthlyPrice, after: MonthlyPrice): Omit<ComparedAmount, "differenceLacks"> {
  const known = before.known !== undefined && after.known !== undefined && sameNames(before.unknown, after.unknown);
  return {
    before: before.known?.amount ?? null,
    after: after.known?.amount ?? null,
    difference: known ? (after.known?.minus(before.known).amount ?? null) : null,
  };
}

function compareUnknown(
  before: readonly string[],
  after: readonly string[],
  { book, priceBooks }: { readonly book: PriceBook; readonly priceBooks: readonly PriceBook[] },
): readonly ComparedUnknown[] {
  return [...new Set([...before, ...after])].map((key) => ({
    key,
    side: !before.includes(key) ? "after" : after.includes(key) ? "both" : "before",
    knownIn: priceBooks.filter(({ id, prices }) => id !== book.id && Object.hasOwn(prices, key)).map(({ id }) => id),
  }));
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

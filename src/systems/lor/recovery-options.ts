import { ovhcloudOffer } from "../../clouds/ovh/offers.ts";
import { holds } from "../../domain/recovery.ts";
import type { RecoveryAdvice } from "../contract.ts";
import { type RecoveryFacts, stateLossOf } from "./recovery.ts";

type RecoveryNeed = RecoveryAdvice["needs"][number];
type NeededSetting = RecoveryNeed["settings"][number];
type RecoveryLimit = RecoveryAdvice["impossible"][number];

/** One option for copying a data set, with its recovery facts. */
interface Option {
  /** Settings that differ from the current ones. */
  readonly settings: readonly NeededSetting[];
  readonly facts: RecoveryFacts;
}

/** Options for a data set, least demanding first. */
interface Choice {
  readonly dataSet: string;
  readonly options: (facts: RecoveryFacts) => readonly Option[];
  readonly why: string;
}

const continuous =
  'OVHcloud promises "a few minutes" of lag of the continuous backup, on every plan, taken as five; a plan decides how far back a restore reaches, not how much is lost, and no setting shortens the lag';
const timed =
  "a copy begins at most every minute, as a timer on a machine is no finer, and the shortest limit of its length is a minute too";

const choices: readonly Choice[] = Object.freeze([
  { dataSet: "shop-database", options: (facts) => databaseOptions(facts, "mysql"), why: continuous },
  { dataSet: "shop-images", options: (facts) => copyOptions(facts, "imagesCopy", "storage.copy"), why: timed },
  { dataSet: "erp-database", options: (facts) => databaseOptions(facts, "postgresql"), why: continuous },
  { dataSet: "erp-filestore", options: (facts) => copyOptions(facts, "filestore", "odoo.filestore"), why: timed },
]);

/**
 * Settings that hold an RPO, for each data set that must but does not. Among the possible ones the least demanding: the longest time limit of a
 * copy, because a copy that is stopped is lost, then the longest interval. All cost the same, because no price book charges for the frequency of
 * copies.
 * @param kept paths of settings that were requested explicitly
 */
export function adviseRecovery(facts: RecoveryFacts, rpoSeconds: number, kept: readonly string[] = []): RecoveryAdvice {
  const needs: RecoveryNeed[] = [];
  const impossible: RecoveryLimit[] = [];
  for (const { dataSet, options, why } of choices) {
    if (isHeld(facts, dataSet, rpoSeconds)) continue;
    const all = options(facts);
    const holding = all.filter((option) => isHeld(option.facts, dataSet, rpoSeconds));
    const allowed = holding.find(({ settings }) => settings.every(({ path }) => !kept.includes(path)));
    if (allowed !== undefined) {
      needs.push({ dataSet, settings: allowed.settings });
      continue;
    }
    const [first] = holding;
    impossible.push({
      dataSet,
      bestSeconds: bestOf([facts, ...all.map((option) => option.facts)], dataSet),
      why:
        first === undefined
          ? why
          : `not with ${keptOf(first, kept)} as asked for; ${describeOption(first)} would hold it`,
    });
  }
  return { needs, impossible };
}

function keptOf({ settings }: Option, kept: readonly string[]): string {
  const paths = settings.map(({ path }) => path).filter((path) => kept.includes(path));
  return paths.join(" and ");
}

function describeOption({ settings }: Option): string {
  return settings.map(({ path, value }) => `${path} ${value}`).join(" with ");
}

function databaseOptions(facts: RecoveryFacts, engine: "mysql" | "postgresql"): readonly Option[] {
  return ovhcloudOffer.databasePlans.map(({ plan, retentionDays }) => ({
    settings: [{ path: `${engine}.plan`, value: plan, why: "its continuous backup lags less" }],
    facts: { ...facts, retentionDays: { ...facts.retentionDays, [engine]: retentionDays } },
  }));
}

const minutes = [60, 45, 30, 20, 15, 10, 5, 3, 2, 1];

/** Excludes longer intervals than the current one, which would lose more. */
function copyOptions(facts: RecoveryFacts, copy: "filestore" | "imagesCopy", path: string): readonly Option[] {
  const copied = copy === "filestore" ? "for erp-filestore" : "for shop-images";
  const now = facts[copy];
  const upTo = (most: number) =>
    [...new Set([most, ...minutes.map((minute) => minute * 60)])].filter((one) => one <= most);
  const setting = (name: "copyEvery" | "copyTimeout", before: number, seconds: number, why: string) =>
    seconds === before ? [] : [{ path: `${path}.${name}`, value: iso(seconds), why }];
  return upTo(now.copyTimeoutSeconds).flatMap((copyTimeoutSeconds) =>
    upTo(now.copyEverySeconds)
      .filter((every) => every >= copyTimeoutSeconds)
      .map((copyEverySeconds) => ({
        settings: [
          ...setting(
            "copyEvery",
            now.copyEverySeconds,
            copyEverySeconds,
            `${copied}; what more copies read and send has no price in any price book`,
          ),
          ...setting(
            "copyTimeout",
            now.copyTimeoutSeconds,
            copyTimeoutSeconds,
            `${copied}; a copy that takes longer is stopped, and then the promise is not kept`,
          ),
        ],
        facts: { ...facts, [copy]: { copyEverySeconds, copyTimeoutSeconds } },
      })),
  );
}

function iso(seconds: number): string {
  return seconds % 60 === 0 ? `PT${seconds / 60}M` : `PT${seconds}S`;
}

function isHeld(facts: RecoveryFacts, dataSet: string, rpoSeconds: number): boolean {
  return stateLossOf(facts, dataSet).every((loss) => holds(loss, rpoSeconds));
}

function bestOf(all: readonly RecoveryFacts[], dataSet: string): number | null {
  const worst = all.map((facts) =>
    Math.max(
      ...stateLossOf(facts, dataSet).map(({ worstCaseSeconds }) => worstCaseSeconds ?? Number.POSITIVE_INFINITY),
    ),
  );
  const best = Math.min(...worst);
  return Number.isFinite(best) ? best : null;
}

import { longestGapSeconds } from "../../domain/cron.ts";
import {
  boundedLoss,
  type DataLoss,
  type DataLossSource,
  type DataLossTerm,
  type Disruption,
  disruptions,
  renderSeconds,
  unlimitedLoss,
} from "../../domain/recovery.ts";
import type { LorPlan } from "./plan-model.ts";

/** Facts for the data-loss statement; from a Plan, or from settings that are being validated. */
export interface RecoveryFacts {
  readonly filestore: CopyFacts;
  readonly imagesCopy: CopyFacts;
  /** Fields of a schedule, UTC. */
  readonly backupCron: string;
  /** Reach of a point-in-time restore, in days. */
  readonly retentionDays: { readonly mysql: number; readonly postgresql: number };
  /** Permanent fronts; each of them copies the images. */
  readonly fronts: readonly string[];
}

interface CopyFacts {
  readonly copyEverySeconds: number;
  readonly copyTimeoutSeconds: number;
}

/**
 * Lag of the continuous backup behind a point-in-time restore. OVHcloud promises "a few minutes" for MySQL and PostgreSQL on
 * every plan, on site and off site (documentation, databases_05_automated_backups); taken as five.
 */
const pointInTimeLagSeconds = 300;

/** Assumed duration of the copy of a system disk: the cloud promises none. */
export const systemCopySeconds = 3600;

/** Time that every set of the filestore copy is kept; afterwards one per day. */
const filestoreSetsKeptDays = 2;

const databaseType = "ovh:CloudProject/database:Database";
const storageType = "ovh:CloudProject/storage:Storage";
const backupType = "ovh:CloudProject/workflowBackup:WorkflowBackup";

/** @param out front that is restarting */
export function recoveryFacts(plan: LorPlan, out: readonly string[] = []): RecoveryFacts {
  return {
    filestore: plan.odoo.filestore,
    imagesCopy: plan.storage.imagesCopy,
    backupCron: plan.backups[0]?.cron ?? "",
    retentionDays: { mysql: plan.mysql.retentionDays, postgresql: plan.postgresql.retentionDays },
    fronts: plan.shop.fronts
      .map((front) => front.name)
      .filter((name) => !out.includes(name) && !plan.shop.extraFronts.includes(name)),
  };
}

/** Loss of each data set of Lor in a disruption. */
const dataSets: Readonly<Record<string, (facts: RecoveryFacts, disruption: Disruption) => DataLoss>> = Object.freeze({
  "shop-database": ({ retentionDays }, disruption) =>
    databaseLoss("shop-database", "mysql", retentionDays.mysql, disruption),
  "shop-images": imagesLoss,
  "erp-database": ({ retentionDays }, disruption) =>
    databaseLoss("erp-database", "postgresql", retentionDays.postgresql, disruption),
  "erp-filestore": filestoreLoss,
  "front-system-disk": (facts, disruption) => systemDiskLoss("front-system-disk", facts.fronts, facts, disruption),
  "front-volume": (_, disruption) => frontVolumeLoss(disruption),
  "odoo-system-disk": (facts, disruption) => systemDiskLoss("odoo-system-disk", ["odoo"], facts, disruption),
  "guest-configuration": (_, disruption) => configurationLoss(disruption),
});

/** Worst-case loss of every data set of Lor in every disruption. */
export function assessDataLoss(facts: RecoveryFacts): readonly DataLoss[] {
  return Object.keys(dataSets).flatMap((dataSet) => stateLossOf(facts, dataSet));
}

/** Worst-case loss of one data set; empty for an unknown name. */
export function stateLossOf(facts: RecoveryFacts, dataSet: string): readonly DataLoss[] {
  const state = dataSets[dataSet];
  return state === undefined ? [] : disruptions.map((disruption) => state(facts, disruption));
}

function databaseLoss(
  dataSet: string,
  engine: "mysql" | "postgresql",
  retentionDays: number,
  disruption: Disruption,
): DataLoss {
  const remarks: Readonly<Record<Disruption, string>> = {
    "instance-lost": "a lost database node is made again from the continuous backup; a lost server holds no database",
    "database-crash": "restored into a new service to the last instant that was copied",
    "operator-mistake": `restored into a new service to the instant before the mistake, if it is noticed within ${renderSeconds(retentionDays * 86_400)}`,
    "region-lost": "restored in the off-site region from the copies there",
  };
  return boundedLoss({
    dataSet,
    disruption,
    mustHold: true,
    terms: [term("lag of the continuous backup", pointInTimeLagSeconds, resource(databaseType, engine))],
    remark: remarks[disruption],
  });
}

function imagesLoss({ imagesCopy, fronts }: RecoveryFacts, disruption: Disruption): DataLoss {
  const common = { dataSet: "shop-images", disruption, mustHold: true };
  const images = resource(storageType, "images");
  switch (disruption) {
    case "instance-lost":
      return boundedLoss({
        ...common,
        terms: [term("an upload ends when the object is stored", 0, images)],
        remark: "a front has nothing that is not in object storage",
      });
    case "database-crash":
      return boundedLoss({
        ...common,
        terms: [term("object storage keeps every write", 0, images)],
        remark: "images are not in the database; those added after the instant of its restore are left without a row",
      });
    case "operator-mistake":
      return boundedLoss({
        ...common,
        terms: [term("object storage keeps every version", 0, images)],
        remark: "what was overwritten or deleted is an earlier version; none is ever taken away",
      });
    case "region-lost":
      if (fronts.length === 0) return unlimitedLoss({ ...common, remark: "no front runs that copies the images" });
      return boundedLoss({
        ...common,
        terms: copyTerms(imagesCopy, { kind: "timer", timer: "lor-images-copy.timer", guests: fronts }),
        remark:
          "from the off-site copies; replication is mostly faster, but no bound is promised for it and it is not counted",
      });
  }
}

/** The copy contains the files and a database dump of the same instant, and both are restored together. */
function filestoreLoss({ filestore }: RecoveryFacts, disruption: Disruption): DataLoss {
  const pair = "files and database dump of one instant, from the off-site copies";
  const remarks: Readonly<Record<Disruption, string>> = {
    "instance-lost": `${pair}, when the volume is lost with the server; the database then goes back to the same instant`,
    "database-crash": `${pair}, when database and files must agree to the instant; the files themselves are not touched`,
    "operator-mistake": `${pair}, if the mistake is noticed within ${renderSeconds(filestoreSetsKeptDays * 86_400)}; one pair of each day is kept longer`,
    "region-lost": pair,
  };
  return boundedLoss({
    dataSet: "erp-filestore",
    disruption,
    mustHold: true,
    terms: copyTerms(filestore, { kind: "timer", timer: "lor-filestore-copy.timer", guests: ["odoo"] }),
    remark: remarks[disruption],
  });
}

/** System, programs and logs: created again from the public image and the configuration document. */
function systemDiskLoss(
  dataSet: string,
  servers: readonly string[],
  { backupCron }: RecoveryFacts,
  disruption: Disruption,
): DataLoss {
  const common = { dataSet, disruption, mustHold: false };
  if (disruption === "database-crash")
    return untouched(common, resource("openstack:compute/instance:Instance", servers[0] ?? ""));
  if (disruption === "region-lost") {
    return unlimitedLoss({
      ...common,
      remark: "copies stay in the region; made again by lor-infra up, the logs are lost",
    });
  }
  const source = resource(backupType, servers[0] ?? "");
  return boundedLoss({
    ...common,
    terms: [
      term("interval", longestGapSeconds(backupCron), source),
      term("duration of the copy (assumed, none is promised)", systemCopySeconds, source),
    ],
    remark: `each of ${servers.join(", ")} has its own copy; without it made again by lor-infra up, only the logs are lost`,
  });
}

/** The release, caches, and changes of themes and translations in the back office. */
function frontVolumeLoss(disruption: Disruption): DataLoss {
  const common = { dataSet: "front-volume", disruption, mustHold: false };
  if (disruption === "database-crash")
    return untouched(common, resource("openstack:blockstorage/volume:Volume", "ps-0-data"));
  return unlimitedLoss({
    ...common,
    remark:
      "release and caches are made again; themes and translations that were changed on a front belong in the release",
  });
}

function configurationLoss(disruption: Disruption): DataLoss {
  const common = { dataSet: "guest-configuration", disruption, mustHold: false };
  if (disruption === "instance-lost" || disruption === "database-crash") {
    return untouched(common, resource("openstack:objectstorage/container:Container", "configuration"));
  }
  return unlimitedLoss({ ...common, remark: "written again from the settings and the state by lor-infra up" });
}

function untouched(
  common: { dataSet: string; disruption: Disruption; mustHold: boolean },
  source: DataLossSource,
): DataLoss {
  return boundedLoss({ ...common, terms: [term("lies elsewhere", 0, source)], remark: "not touched" });
}

/** The last complete copy began at most one interval plus one duration ago. */
function copyTerms(
  { copyEverySeconds, copyTimeoutSeconds }: CopyFacts,
  source: DataLossSource,
): readonly DataLossTerm[] {
  return [term("interval", copyEverySeconds, source), term("duration of the copy", copyTimeoutSeconds, source)];
}

function term(name: string, seconds: number, source: DataLossSource): DataLossTerm {
  return { name, seconds, source };
}

function resource(type: string, name: string): DataLossSource {
  return { kind: "resource", type, name };
}

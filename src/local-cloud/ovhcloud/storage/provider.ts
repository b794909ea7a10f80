import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, mapOf, needText, numberOf, objectOf, objectsOf, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";
import type { BucketView, ObjectLockRule, ReplicationRule, UpdateBucketArgs } from "./types.ts";

/** ovh:CloudProject/storage:Storage; imported by `service/region/name`. */
export class StorageAdapter implements ResourceAdapter {
  readonly service = "ovh-storage";
  readonly inputs = [
    "serviceName",
    "regionName",
    "name",
    "versioning",
    "encryption",
    "replication",
    "objectLock",
    "tags",
    "ownerId",
    "hideObjects",
  ];
  readonly library = "framework";
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const lock = objectOf(inputs, "objectLock") ?? {};
    const bucket = this.#cloud.ovhStorage.create({
      ...settings(inputs),
      region: needText(inputs, "regionName"),
      name: needText(inputs, "name"),
      ownerId: numberOf(inputs, "ownerId"),
      objectLock: lock.status === undefined ? undefined : lock.status === "enabled",
      objectLockRule: lockRuleOf(lock) ?? undefined,
    });
    await call.accepted(bucket.name);
    return this.#observe(bucket, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0) {
      return this.#observe(this.#cloud.ovhStorage.get(id, textOf(known, "regionName")), known);
    }
    const parts = importParts(id, ["service", "region", "name"]);
    return this.#observe(this.#cloud.ovhStorage.get(parts.name ?? "", parts.region), known);
  }

  async update(id: string, wanted: Values, _known: Values, call: CallContext): Promise<Observed> {
    // What is left out stays as it is: it is computed, and not sent.
    const bucket = this.#cloud.ovhStorage.update(id, settings(wanted));
    await call.accepted(id);
    return this.#observe(bucket, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhStorage.empty(id);
    this.#cloud.ovhStorage.delete(id);
    await call.accepted(id);
  }

  #observe(bucket: BucketView, known: Values): Observed {
    const hidden = flagOf(known, "hideObjects") ?? false;
    return {
      id: bucket.name,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        regionName: bucket.region,
        region: bucket.region,
        name: bucket.name,
        ownerId: bucket.ownerId,
        versioning: { status: bucket.versioning },
        encryption: { sseAlgorithm: bucket.encryption },
        replication: bucket.replicationRules.length === 0 ? undefined : { rules: bucket.replicationRules },
        objectLock: {
          status: bucket.objectLock ? "enabled" : "disabled",
          ...(bucket.objectLockRule === undefined ? {} : { rule: asWritten(bucket.objectLockRule, known) }),
        },
        tags: bucket.tags,
        objectsCount: bucket.objectsCount,
        objectsSize: bucket.objectsSize,
        objects: hidden ? [] : this.#cloud.ovhStorage.listObjects(bucket.name),
        virtualHost: bucket.virtualHost,
        createdAt: bucket.createdAt,
      },
    };
  }
}

function settings(inputs: Values): UpdateBucketArgs {
  return {
    versioning: oneOf(objectOf(inputs, "versioning"), "status", ["enabled", "suspended", "disabled"]),
    encryption: oneOf(objectOf(inputs, "encryption"), "sseAlgorithm", ["AES256", "plaintext"]),
    replicationRules: objectsOf(objectOf(inputs, "replication") ?? {}, "rules")?.map(ruleOf),
    tags: mapOf(inputs, "tags"),
    objectLockRule: lockRuleOf(objectOf(inputs, "objectLock")),
  };
}

/** A lock without a rule takes away the one that is there. */
function lockRuleOf(lock: Values | undefined): ObjectLockRule | null | undefined {
  if (lock === undefined) return undefined;
  const rule = objectOf(lock, "rule");
  const mode = oneOf(rule, "mode", ["compliance", "governance"]);
  return rule === undefined || mode === undefined ? null : { mode, period: needText(rule, "period") };
}

/** A period that lasts as long as the one that was written stays as it was written. Source: TFO, fixISO8601Diff. */
function asWritten(rule: ObjectLockRule, known: Values): ObjectLockRule {
  const written = textOf(objectOf(objectOf(known, "objectLock") ?? {}, "rule") ?? {}, "period");
  return written !== undefined && daysOf(written) === daysOf(rule.period) ? { ...rule, period: written } : rule;
}

const daysOfUnit: Readonly<Record<string, number>> = { D: 1, W: 7, M: 365 / 12, Y: 365 };

function daysOf(period: string): number | undefined {
  const [, count, unit = ""] = /^P(\d+)([DWMY])$/.exec(period) ?? [];
  return count === undefined ? undefined : Number(count) * (daysOfUnit[unit] ?? 0);
}

function ruleOf(rule: Values, index: number): ReplicationRule {
  const destination = objectOf(rule, "destination") ?? {};
  const filter = objectOf(rule, "filter");
  return {
    id: textOf(rule, "id") ?? `rule-${index + 1}`,
    status: oneOf(rule, "status", ["enabled", "disabled"]) ?? "enabled",
    priority: numberOf(rule, "priority") ?? index + 1,
    deleteMarkerReplication: oneOf(rule, "deleteMarkerReplication", ["enabled", "disabled"]) ?? "disabled",
    destination: {
      name: needText(destination, "name"),
      region: needText(destination, "region"),
      storageClass: textOf(destination, "storageClass"),
      removeOnMainBucketDeletion: flagOf(destination, "removeOnMainBucketDeletion"),
    },
    filter: filter === undefined ? undefined : { prefix: textOf(filter, "prefix"), tags: mapOf(filter, "tags") },
  };
}

function oneOf<Word extends string>(
  values: Values | undefined,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const value = values?.[name];
  if (value === undefined || value === "") return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word === undefined)
    throw new Error(`${name} '${String(value)}' is not accepted; it is one of ${words.join(", ")}`);
  return word;
}

import { readFileSync } from "node:fs";
import type { Property, ResourceType, Shape } from "../../src/local-cloud/catalogue/shape.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { landscape, type Made } from "../local-cloud/provider/landscape.ts";
import { type Properties, type ProviderClient, secretOf, unknown } from "../local-cloud/provider/provider-client.ts";

/** A resource that one input is changed of. */
export interface State {
  readonly key: string;
  readonly type: string;
  readonly inputs: (made: Made) => Properties;
}

/** A resource as the engine records it, as it is before each change. */
export interface RecordedState {
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

/** One input changed alone. */
export interface Change {
  /** Path and kind of the change. */
  readonly what: string;
  readonly wanted: Properties;
}

/** What a provider says of a change. */
export interface Plan {
  /** Why it refuses the inputs before any call; undefined where it does not. */
  readonly refused?: string;
  /** Top-level names of what changes, and of what makes a new resource. */
  readonly changes?: readonly string[];
  readonly replaces?: readonly string[];
  /** Whether the new resource comes after the deletion of the old one. */
  readonly deletesFirst?: true;
  /** Top-level names that are not known before the update. */
  readonly unknown?: readonly string[];
}

export interface RecordedPlan extends Plan {
  readonly state: string;
  readonly what: string;
  readonly wanted: Properties;
}

/** What the real provider said: the states, then its plans. See plans.ts. */
export const plansFile = new URL("./plans.generated.jsonl", import.meta.url);

export function readPlans(): { readonly states: readonly RecordedState[]; readonly plans: readonly RecordedPlan[] } {
  const lines = readFileSync(plansFile, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RecordedState | RecordedPlan);
  return {
    states: lines.filter((line): line is RecordedState => "key" in line),
    plans: lines.filter((line): line is RecordedPlan => "state" in line),
  };
}

/** One resource of each type, and of those with many inputs one more with as many of them as go together. */
export function statesOf(cloud: LocalCloud): readonly State[] {
  const project = cloud.keystone.projectId;
  const plain = landscape(cloud).filter(({ type }) => type.startsWith("ovh:"));
  const rich: readonly State[] = [
    {
      key: "database with all",
      type: "ovh:CloudProject/database:Database",
      inputs: () => ({
        serviceName: project,
        engine: "mysql",
        version: "8",
        plan: "business",
        flavor: "db1-4",
        diskSize: 100,
        description: "all",
        nodes: [{ region: "GRA" }, { region: "GRA" }],
        ipRestrictions: [{ ip: "10.1.0.0/24", description: "one" }, { ip: "10.2.0.0/24" }],
        backupTime: "03:30:00",
        backupRegions: ["GRA", "SBG"],
        maintenanceTime: "04:00:00",
        deletionProtection: true,
        advancedConfiguration: { "mysql.sql_mode": "ANSI" },
      }),
    },
    {
      key: "postgresql user with roles",
      type: "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser",
      inputs: (made) => ({
        serviceName: project,
        clusterId: made.id("database"),
        name: "roles",
        roles: ["replication"],
        passwordReset: "1",
      }),
    },
    {
      key: "bucket with a lock",
      type: "ovh:CloudProject/storage:Storage",
      inputs: () => ({
        serviceName: project,
        regionName: "SBG",
        name: "locked",
        versioning: { status: "enabled" },
        encryption: { sseAlgorithm: "AES256" },
        objectLock: { status: "enabled", rule: { mode: "governance", period: "P10D" } },
        tags: { kind: "copies", other: "one" },
      }),
    },
    {
      key: "bucket of nothing",
      type: "ovh:CloudProject/storage:Storage",
      inputs: () => ({ regionName: "SBG", name: "plain" }),
    },
    {
      key: "user of one role",
      type: "ovh:CloudProject/user:User",
      inputs: () => ({ serviceName: project, roleName: "objectstore_operator", passwordReset: "1" }),
    },
    {
      key: "backup of a few runs",
      type: "ovh:CloudProject/workflowBackup:WorkflowBackup",
      inputs: (made) => ({
        serviceName: project,
        regionName: "GRA11",
        instanceId: made.id("instance"),
        name: "few",
        backupName: "few",
        cron: "0 5 * * *",
        rotation: 2,
        maxExecutionCount: 3,
      }),
    },
    {
      key: "record with a TTL",
      type: "ovh:Domain/zoneRecord:ZoneRecord",
      inputs: () => ({ zone: "lor.example", subdomain: "", fieldtype: "TXT", target: '"text"', ttl: 300 }),
    },
  ];
  return [...plain, ...rich];
}

/** Values that the provider's own validation takes, where any other one would be refused. */
const others: Readonly<Record<string, readonly string[]>> = {
  engine: ["postgresql", "mysql"],
  plan: ["business", "essential"],
  flavor: ["db1-7", "db1-4"],
  version: ["17", "8"],
  ip: ["10.9.0.0/24"],
  backupTime: ["05:00:00"],
  maintenanceTime: ["06:00:00"],
  sseAlgorithm: ["plaintext", "AES256"],
  mode: ["compliance", "governance"],
  period: ["P20D"],
  deleteMarkerReplication: ["enabled", "disabled"],
  policy: ['{"Statement":[{"Sid":"other"}]}'],
  cron: ["0 6 * * *"],
  fieldtype: ["CNAME", "A"],
  "versioning.status": ["suspended", "enabled"],
  "objectLock.status": ["disabled", "enabled"],
  status: ["disabled", "enabled"],
  algorithm: ["roundRobin"],
  monitorType: ["http"],
  httpMethod: ["GET"],
  httpVersion: ["1.1"],
  protocol: ["http"],
  "sessionPersistence.type": ["sourceIP"],
  tlsVersions: ["TLSv1.2"],
  allowedCidrs: ["10.0.0.0/8"],
  roleName: ["administrator"],
  roleNames: ["administrator"],
  backupRegions: ["RBX"],
  createdAt: ["2026-01-01T00:00:00Z"],
  lastModified: ["2026-01-01T00:00:00Z"],
  retainUntilDate: ["2026-01-01T00:00:00Z"],
};

/** Changes each input of a resource alone: another value, none, one where there was none, an empty one, one that is not known yet. */
export function changesOf(inputs: Properties, type: ResourceType): readonly Change[] {
  const given = Object.fromEntries(Object.entries(inputs).filter(([name]) => name !== "__defaults"));
  const nothing: Change = { what: "nothing", wanted: given };
  const each = Object.entries(type.inputs).flatMap(([name, property]) => [
    ...variants(name, given[name], property).map(([what, value]) => ({ what, wanted: set(given, name, value) })),
    { what: `${name}: not known yet`, wanted: set(given, name, unknown) },
  ]);
  return [nothing, ...each];
}

type Variant = readonly [what: string, value: unknown];

function variants(path: string, value: unknown, property: Property): readonly Variant[] {
  const here: Variant[] = [];
  if (value === undefined) {
    if (empty(property.type) !== undefined) here.push([`${path}: empty`, empty(property.type)]);
    return [...here, ...samples(path, property)];
  }
  if (property.required !== true || path.includes(".")) here.push([`${path}: left out`, undefined]);
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    const other = otherThan(path, value);
    if (other !== undefined) here.push([`${path}: another`, other]);
    if (value !== "" && value !== 0 && value !== false) here.push([`${path}: empty`, empty(property.type)]);
    return here;
  }
  return [...here, ...inside(path, value, property.type)];
}

/** Changes inside of a list, a map or an object. */
function inside(path: string, value: unknown, shape: Shape): readonly Variant[] {
  if (typeof shape === "string") return [];
  if ("list" in shape && Array.isArray(value)) {
    const list: readonly unknown[] = value;
    const [first, ...rest] = list;
    return [
      ...(list.length > 0 ? [[`${path}: empty`, []] as const, [`${path}: without the first`, rest] as const] : []),
      ...(list.length > 1 ? [[`${path}: in another order`, [...rest, first]] as const] : []),
      ...samples(path, { type: shape })
        .map(
          ([what, more]): Variant => [what.replace(/: .*/, ": one more"), [...list, ...(more as readonly unknown[])]],
        )
        .slice(0, 1),
      ...(first === undefined
        ? []
        : variants(`${path}.0`, first, { type: shape.list })
            .filter(([what]) => what !== `${path}.0: left out`)
            .map(([what, one]): Variant => [what, [one, ...rest]])),
    ];
  }
  const members = value as Readonly<Record<string, unknown>>;
  if ("map" in shape) {
    const [first] = Object.keys(members);
    return [
      [`${path}: empty`, {}],
      [`${path}: one more`, { ...members, more: "one" }],
      ...(first === undefined
        ? []
        : ([
            [`${path}: another value`, { ...members, [first]: "another" }],
            [`${path}: without the first`, set(members, first, undefined)],
          ] as const)),
    ];
  }
  if (!("object" in shape)) return [];
  return Object.entries(shape.object)
    .filter(([, inner]) => inner.shown !== true)
    .flatMap(([name, inner]) =>
      variants(`${path}.${name}`, members[name], inner).map(([what, one]): Variant => [what, set(members, name, one)]),
    );
}

/** A value where there was none; of an object one for each of its properties, with what is required beside it. */
function samples(path: string, { type }: Property): readonly Variant[] {
  if (typeof type === "string") {
    const value =
      type === "number" ? 5 : type === "boolean" ? true : otherThan(path, type === "string" ? "" : undefined);
    return value === undefined ? [] : [[`${path}: given`, value]];
  }
  if ("list" in type) return samples(path, { type: type.list }).map(([what, one]) => [what, [one]]);
  if ("map" in type) return [[`${path}: given`, { more: "one" }]];
  const required = Object.fromEntries(
    Object.entries(type.object)
      .filter(([, inner]) => inner.required === true)
      .map(([name, inner]) => [name, samples(`${path}.${name}`, inner)[0]?.[1]]),
  );
  return Object.entries(type.object)
    .filter(([, inner]) => inner.shown !== true)
    .flatMap(([name, inner]) =>
      samples(`${path}.${name}`, inner).map(([what, one]): Variant => [what, { ...required, [name]: one }]),
    );
}

function otherThan(path: string, value: unknown): unknown {
  const name = path.replace(/(\.\d+)+$/, "").replace(/\.\d+\./g, ".");
  const words = Object.entries(others).find(([end]) => name === end || name.endsWith(`.${end}`))?.[1];
  if (typeof value === "number") return value + 5;
  if (typeof value === "boolean") return !value;
  if (typeof value !== "string") return undefined;
  return words?.find((word) => word !== value) ?? (words === undefined ? `${value}other` : undefined);
}

function empty(shape: Shape): unknown {
  if (shape === "string") return "";
  if (shape === "number") return 0;
  if (shape === "boolean") return false;
  if (typeof shape === "string") return undefined;
  return "list" in shape ? [] : undefined;
}

function set(values: Properties, name: string, value: unknown): Properties {
  const { [name]: _, ...rest } = values;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** Asks a provider, as the engine does in a preview: check, difference, and of a change in place the update that is not carried out. */
export async function planOf(client: ProviderClient, state: RecordedState, wanted: Properties): Promise<Plan> {
  const { type, id, inputs, properties } = state;
  const checked = await client.check(type, wanted, inputs);
  if (checked.failures.length > 0) return { refused: checked.failures.map(({ reason }) => reason).join("; ") };
  const diff = await client.diff(type, inputs, properties, checked.inputs);
  if (diff.none) return {};
  const plan = { changes: [...new Set(diff.diffs.map(topLevel))].sort() };
  if (diff.replaces.length > 0) {
    const replaces = [...new Set(diff.replaces.map(topLevel))].sort();
    return { ...plan, replaces, ...(diff.deleteBeforeReplace ? { deletesFirst: true } : {}) };
  }
  const planned = await client.update(type, id, properties, checked.inputs, { preview: true });
  const names = Object.keys(planned).filter((name) => name !== "id" && isUnknown(planned[name]));
  return names.length === 0 ? plan : { ...plan, unknown: names.sort() };
}

function isUnknown(value: unknown): boolean {
  return JSON.stringify(value)?.includes(unknown) === true;
}

function topLevel(path: string): string {
  return /^[^.[]*/.exec(path)?.[0] ?? path;
}

/** Signature of a secret's wrapper. */
const [secretKey = ""] = Object.keys(secretOf(""));

/** A secret becomes `(secret)`, and stays marked as one. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (secretKey in value) return secretOf("(secret)");
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]));
}

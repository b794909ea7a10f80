import { isDeepStrictEqual } from "node:util";
import { startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import type { Traffic } from "../../src/local-cloud/traffic/traffic.ts";
import { type Properties, ProviderClient } from "../local-cloud/provider/provider-client.ts";
import { TestCloud } from "../local-cloud/provider/start-test-cloud.ts";
import { type State, statesOf, withoutSecrets } from "./plan-cases.ts";
import { startPlugin } from "./real-plugin.ts";

/** What was answered to one step of a resource's life: outputs, or the failure. */
export interface LifeStep {
  readonly name: string;
  readonly said: unknown;
}

/** Changes in place, one after another, by the key of the resource. */
const changes: Readonly<Record<string, readonly Properties[]>> = {
  shell: [{ description: "other" }, { name: "other" }],
  database: [
    { ipRestrictions: [{ ip: "10.10.3.0/24" }, { ip: "10.10.4.0/24", description: "more" }] },
    { ipRestrictions: [{ ip: "10.10.4.0/24" }] },
    { backupTime: "05:00:00", diskSize: 100 },
    { flavor: "db1-7" },
    { deletionProtection: true },
    { deletionProtection: false },
    { version: "17" },
  ],
  mysql: [
    { plan: "business", nodes: [{ region: "GRA" }, { region: "GRA" }] },
    { advancedConfiguration: { "mysql.sql_mode": "ANSI" } },
    { flavor: "db1-7" },
  ],
  "database with all": [
    { deletionProtection: false },
    { nodes: [{ region: "SBG" }, { region: "SBG" }] },
    { ipRestrictions: [] },
    { description: "" },
  ],
  "postgresql user": [{ roles: ["replication"] }, { passwordReset: "1" }, { roles: [] }],
  "postgresql user with roles": [{ passwordReset: "2" }],
  "mysql user": [{ passwordReset: "1" }, { passwordReset: "2" }],
  copies: [{ tags: { a: "b" } }, { tags: {} }, { versioning: { status: "suspended" } }, { hideObjects: false }],
  images: [{ replication: { rules: [] } }, { tags: { a: "b" } }, { versioning: { status: "disabled" } }],
  "bucket with a lock": [
    { objectLock: { status: "enabled", rule: { mode: "governance", period: "P20D" } } },
    { encryption: { sseAlgorithm: "plaintext" } },
    { versioning: { status: "suspended" } },
  ],
  user: [{ passwordReset: "1" }, { roleNames: ["objectstore_operator", "administrator"] }],
  "user of one role": [{ passwordReset: "2" }, { roleName: "administrator" }],
  policy: [
    { policy: '{"Statement":[{"Sid":"a","Effect":"Allow","Action":["s3:GetObject"],"Resource":["*"]}]}' },
    { policy: "no policy" },
  ],
  record: [{ target: "203.0.113.12" }, { ttl: 300 }, { subdomain: "shop" }, { target: "nowhere" }],
  "record with a TTL": [{ ttl: 0 }, { target: '"other text"' }],
};

/** Id that a resource is imported by, where it is another one than its landmark's. */
const importIds: Readonly<Record<string, (id: string, test: TestCloud) => string>> = {
  "database with all": (id, { cloud }) => `${cloud.keystone.projectId}/mysql/${id}`,
  "postgresql user with roles": (id, test) => `${test.cloud.keystone.projectId}/${test.id("database")}/${id}`,
  "bucket with a lock": (_, { cloud }) => `${cloud.keystone.projectId}/SBG/locked`,
  "bucket of nothing": (_, { cloud }) => `${cloud.keystone.projectId}/SBG/plain`,
  "user of one role": (id, { cloud }) => `${cloud.keystone.projectId}/${id}`,
  "record with a TTL": (id) => `${id}.lor.example`,
};

/** Every OVHcloud resource made, read, imported, changed and deleted. @param plugin the real provider; undefined: the stand-in */
export async function liveAll(plugin: string | undefined): Promise<readonly LifeStep[]> {
  const test = await TestCloud.start();
  const { cloud } = test;
  const { apis } = openSimulators(cloud, await loadSimulators());
  const api = await startHttpApi({ cloud, apis, traffic: undefined as unknown as Traffic, token: "lives" });
  const running =
    plugin === undefined
      ? undefined
      : await startPlugin(plugin, {
          OVH_ENDPOINT: `${api.url}/1.0`,
          OVH_ACCESS_TOKEN: "lives",
          OVH_CLOUD_PROJECT_SERVICE: cloud.keystone.projectId,
        });
  const real = running === undefined ? undefined : new ProviderClient(running.port);
  const steps: LifeStep[] = [];
  try {
    await real?.configure({});
    const client = (type: string) => (type.startsWith("ovh:") && real !== undefined ? real : test.clientOf(type));
    const states = statesOf(cloud);
    const live = (state: State) => new Life(client(state.type), state, test, steps);
    for (const landmark of test.landscape) await live(landmark).create();
    const all = states.map(live);
    for (const [index, life] of all.entries()) if (!test.made.has(states[index]?.key ?? "")) await life.create();
    // A database that changes refuses changes of its users.
    const last = (life: Life) => life.type === "ovh:CloudProject/database:Database";
    await Promise.all(all.filter((life) => !last(life)).map((life) => life.goOn()));
    await Promise.all(all.filter(last).map((life) => life.goOn()));
    for (const life of all.toReversed()) await life.end();
    const named = namesOf(test);
    return steps
      .map(({ name, said }) => ({ name, said: plain(said, named) }))
      .toSorted((one, other) => (one.name < other.name ? -1 : 1));
  } finally {
    real?.close();
    running?.stop();
    await api.close();
    test.close();
  }
}

class Life {
  readonly #client: ProviderClient;
  readonly #state: State;
  readonly #test: TestCloud;
  readonly #steps: LifeStep[];

  constructor(client: ProviderClient, state: State, test: TestCloud, steps: LifeStep[]) {
    this.#client = client;
    this.#state = state;
    this.#test = test;
    this.#steps = steps;
  }

  get type(): string {
    return this.#state.type;
  }

  async create(): Promise<void> {
    const { type, key, inputs } = this.#state;
    const checked = await this.#client.check(type, inputs(this.#test));
    const created = await this.#client.create(type, checked.inputs);
    this.#test.made.set(key, { id: created.id, inputs: checked.inputs, properties: created.properties });
    if (type.startsWith("ovh:")) this.#steps.push({ name: `${key}: create`, said: created.properties });
  }

  async goOn(): Promise<void> {
    const { type, key } = this.#state;
    await this.#read("read");
    const { id } = this.#test.recorded(key);
    const landmark = this.#test.landscape.find((one) => one.key === key);
    const importId = (importIds[key] ?? landmark?.importId)?.(id, this.#test, this.#test.cloud) ?? id;
    await this.#step("import", () => this.#client.read(type, importId));
    for (const [index, change] of (changes[key] ?? []).entries()) {
      const recorded = this.#test.recorded(key);
      const name = `change ${String(index).padStart(2, "0")} ${Object.keys(change).join(", ")}`;
      await this.#step(name, async () => {
        const wanted = await this.#client.check(type, { ...recorded.inputs, ...change }, recorded.inputs);
        if (wanted.failures.length > 0) return "refused";
        const diff = await this.#client.diff(type, recorded.inputs, recorded.properties, wanted.inputs);
        if (diff.none || diff.replaces.length > 0) return { none: diff.none, replaces: diff.replaces };
        const properties = await this.#client.update(type, id, recorded.properties, wanted.inputs);
        this.#test.made.set(key, { id, inputs: wanted.inputs, properties });
        return properties;
      });
      await this.#read(`${name}, read`);
    }
  }

  async end(): Promise<void> {
    const { type, key } = this.#state;
    const { id, properties } = this.#test.recorded(key);
    await this.#step("delete", () => this.#client.delete(type, id, properties));
    await this.#read("read after its deletion");
  }

  async #read(name: string): Promise<void> {
    const { type, key } = this.#state;
    const { id, inputs, properties } = this.#test.recorded(key);
    await this.#step(name, () => this.#client.read(type, id, { inputs, properties }));
  }

  async #step(name: string, work: () => Promise<unknown>): Promise<void> {
    const said = await work().catch((error: Error) => ({ failed: statusIn(error.message) }));
    this.#steps.push({ name: `${this.#state.key}: ${name}`, said });
  }
}

/** Words of a failure differ between the doors; its status does not. */
function statusIn(message: string): string {
  return /\b(?:HTTP |Error )?([45]\d\d)\b/.exec(message)?.[1] ?? "no status";
}

/** Ids of this cloud -> what they stand for. */
function namesOf({ made }: TestCloud): (text: string) => string {
  const names = [...made]
    .filter(([, { id }]) => id.length > 3)
    .map(([key, { id }]) => [id, `(${key})`] as const)
    .toSorted(([one], [other]) => other.length - one.length);
  return (text) => names.reduce((said, [id, name]) => said.replaceAll(id, name), text);
}

const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g;
const unique = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}/g;

/** An answer without what is another one in each cloud, and without what means nothing: what is left out, empty or null, and the bridge's own. */
function plain(value: unknown, named: (text: string) => string): unknown {
  if (typeof value === "string") return named(value).replace(time, "(time)").replace(unique, "(id)");
  // Sets come in an order of their own.
  if (Array.isArray(value)) return value.map((one) => plain(one, named)).toSorted(byText);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(withoutSecrets(value) as Properties)
    .filter(([name]) => !/^(__meta|__defaults|id|userId|internalUserId)$/.test(name))

    .map(([name, one]) => [name, plain(one, named)] as const)
    .filter(([, one]) => !nothing(one));
  return Object.fromEntries(kept.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

function nothing(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Places where two answers are not the same. */
export function differencesOf(one: unknown, other: unknown, path = ""): readonly string[] {
  if (isDeepStrictEqual(one, other)) return [];
  const nested = (value: unknown): value is Properties => typeof value === "object" && value !== null;
  if (!nested(one) || !nested(other))
    return [`${path}: ${JSON.stringify(one)}, by the real provider ${JSON.stringify(other)}`];
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].flatMap((name) =>
    differencesOf(one[name], other[name], `${path}.${name}`),
  );
}

/** Differences that mean nothing to a program, each with its reason. */
export const knownDifferences: readonly (readonly [RegExp, string])[] = [
  [
    /\.inputs\.(serviceName|ttl)$/,
    "a refresh writes among the inputs what the program left out, and shows no difference for it",
  ],
  [
    /credential: read\.inputs/,
    "a refresh writes among the inputs what the program left out, and shows no difference for it",
  ],
  [/: import\.properties\.password$/, "an import has an empty password instead of none"],
  [/^backup.*: import\./, "the real provider finds no schedule to import: its id lacks project and region"],
  [/^shell: import\..*network$/, "an import writes a placeholder of the provider as the network"],
  [/\.provisioningStatus$/, "how far a change of the load balancer is at that moment"],
  [
    /^database with all: change 0[23].*\.ipRestrictions/,
    "an empty list of restrictions is not sent, and shows until the next read",
  ],
  [
    /^database with all: .*read\.inputs\.ipRestrictions\.0\.description$/,
    "a refresh leaves a description out of the inputs where another restriction has none",
  ],
  [
    /^postgresql user: change 02 roles.*roles$/,
    "no roles are not sent; the provider tells none until the next read, and the inputs keep none",
  ],
];

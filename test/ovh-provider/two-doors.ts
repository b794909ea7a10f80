/**
 * `npm run test:ovh-doors -- --plugin FILE`: Lor by plain `pulumi up`, once through the stand-in for OVHcloud's provider and once through the real one,
 * each on a local cloud of its own: normal, rush, a change by hand, normal again. After each step the clouds' records and the state's outputs are
 * compared. FILE is pulumi-resource-ovh, built around the real provider: see docs/ovhcloud-api.md.
 */
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { TestProject } from "../e2e/project.ts";
import { differencesOf, knownDifferences, type LifeStep, liveAll } from "./lives.ts";
import { type RunningPlugin, startPlugin } from "./real-plugin.ts";

type Json = Readonly<Record<string, unknown>>;
interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly outputs?: Json;
}
/** What is there after a step: path -> value. */
type Facts = ReadonlyMap<string, string>;

const { values: options } = parseArgs({ options: { plugin: { type: "string" } } });

/** What the bridge behind the real SDK adds, and what is another one each time. */
const ownNames = /\.(__meta|__defaults|id|password|secretAccessKey|lastUpdate)$/;
const time = /^"\d{4}-\d\d-\d\dT/;
/** Differences that change nothing for a program, each with its reason. */
const known: readonly (readonly [RegExp, string])[] = [
  [/storage:Storage.*\.filter$/, "the bridge writes a filter of nothing as {}"],
  [/\.(passwordReset|roleName|maxExecutionCount)$/, "the bridge writes what was left out as null"],
  [/\.replication$/, "the bridge writes what was left out as null"],
  [
    /storage:Storage.*\.objects$/,
    "the provider tells none instead of an empty list after a read, when they are hidden",
  ],
  [
    /LoadBalancer lb\.provisioningStatus$/,
    "the provider looks at a new size every 5 seconds, the stand-in as soon as it shows",
  ],
  [/\.floatingIp\.ip$/, "public addresses are given in the order in which they are asked for"],
  [/balancers\.0\.operatingStatus$/, "how far the machines behind it had started at that moment"],
];

const steps = ["normal", "rush", "by hand", "rush again", "normal again"] as const;

if (options.plugin === undefined) {
  console.error("skipped: no plugin of the real provider; give pulumi-resource-ovh as --plugin FILE");
} else {
  const plugin = resolve(options.plugin);
  const lives = compareLives(
    await timed("stand-in  lives", () => liveAll(undefined)),
    await timed("provider  lives", () => liveAll(plugin)),
  );
  const standIn = await walk(undefined);
  const real = await walk(plugin);
  process.exitCode = Math.max(lives, report(standIn, real));
}

async function timed<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const began = performance.now();
  const result = await work();
  console.error(`${name}  ${Math.round((performance.now() - began) / 1000)} s`);
  return result;
}

/** Compares resources made, read, imported, changed and deleted by calls of the engine's protocol. @returns exit code */
function compareLives(standIn: readonly LifeStep[], real: readonly LifeStep[]): number {
  const said = new Map(standIn.map((step) => [step.name, step.said]));
  const explained = new Map<string, number>();
  let differing = 0;
  for (const { name, said: by } of real) {
    const found = differencesOf(said.get(name), by).map((difference) => `${name}${difference}`);
    const left = found.filter((difference) => {
      const path = difference.slice(0, difference.indexOf(": ", name.length));
      const reason = knownDifferences.find(([pattern]) => pattern.test(path))?.[1];
      if (reason !== undefined) explained.set(reason, (explained.get(reason) ?? 0) + 1);
      return reason === undefined;
    });
    for (const difference of left) console.log(difference);
    if (left.length > 0) differing += 1;
  }
  for (const [reason, count] of explained) console.log(`${count} differences: ${reason}`);
  console.log(`${real.length} steps of resources compared, ${differing} differ`);
  return differing === 0 && said.size === real.length ? 0 : 1;
}

/** Takes all steps through one door. @param plugin the real provider; undefined: the stand-in */
async function walk(plugin: string | undefined): Promise<readonly Facts[]> {
  const project = new TestProject();
  let provider: RunningPlugin | undefined;
  try {
    const { variables } = await project.json<{ variables: Record<string, string> }>(["cloud", "env"]);
    const { bearer } = await project.json<{ bearer: Record<string, string> }>([
      "cloud",
      "start",
      "--print-ovh-endpoint",
    ]);
    const env: Record<string, string | undefined> = {
      ...project.env,
      ...variables,
      PULUMI_HOME: join(project.home, "p"),
    };
    if (plugin !== undefined) {
      provider = await startPlugin(plugin, bearer);
      const others = (variables.PULUMI_DEBUG_PROVIDERS ?? "").split(",").filter((one) => !one.startsWith("ovh:"));
      env.PULUMI_DEBUG_PROVIDERS = [...others, `ovh:${provider.port}`].join(",");
      Object.assign(env, bearer);
    }
    const pulumi = async (...args: string[]) =>
      await command(["pulumi", ...args, "--stack", "prod"], project.folder, env);
    const up = async (profile: string, ...more: string[]) =>
      await pulumi("up", "--yes", "--skip-preview", "--config-file", `Pulumi.${profile}.yaml`, ...more);
    const work: Record<(typeof steps)[number], () => Promise<unknown>> = {
      normal: () => up("normal"),
      rush: () => up("rush"),
      "by hand": () => changeByHand(bearer),
      "rush again": () => up("rush", "--refresh"),
      "normal again": () => up("normal"),
    };
    const seen: Facts[] = [];
    for (const step of steps) {
      const began = performance.now();
      await work[step]();
      console.error(
        `${plugin === undefined ? "stand-in" : "provider"}  ${step}  ${Math.round((performance.now() - began) / 1000)} s`,
      );
      const found = [...facts("", await records(bearer)), ...facts("", outputs(await pulumi("stack", "export")))];
      const named = await userNames(bearer);
      seen.push(new Map(found.map(([path, value]) => [named(path), named(value)])));
    }
    return seen;
  } finally {
    provider?.stop();
    await project.dispose();
  }
}

async function command(
  line: readonly [string, ...string[]],
  folder: string,
  env: Record<string, string | undefined>,
): Promise<string> {
  const [program, ...args] = line;
  const child = spawn(program, args, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const [said, complained, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((done) => child.once("close", done)),
  ]);
  if (code !== 0) throw new Error(`${line.join(" ")} ended with ${code}:\n${said}\n${complained}`);
  return said;
}

async function ask(bearer: Record<string, string>, path: string, method = "GET", body?: Json): Promise<never> {
  const response = await fetch(`${bearer.OVH_ENDPOINT}/cloud/project/${bearer.OVH_CLOUD_PROJECT_SERVICE}${path}`, {
    method,
    headers: { authorization: `Bearer ${bearer.OVH_ACCESS_TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as never;
}

/** Somebody suspends versions and copies of the images, empties a policy, and renames the load balancer. */
async function changeByHand(bearer: Record<string, string>): Promise<void> {
  const bucket = { versioning: { status: "suspended" }, replication: { rules: [] }, tags: { by: "hand" } };
  await ask(bearer, "/region/GRA/storage/lor-prod-images", "PUT", bucket);
  const users: readonly { id: number; description: string }[] = await ask(bearer, "/user");
  const user = users.find(({ description }) => description === "lor-prod-images");
  await ask(bearer, `/user/${user?.id}/policy`, "POST", { policy: '{"Statement":[]}' });
  const [balancer]: readonly { id: string }[] = await ask(bearer, "/region/GRA11/loadbalancing/loadbalancer");
  await ask(bearer, `/region/GRA11/loadbalancing/loadbalancer/${balancer?.id}`, "PUT", { name: "by-hand" });
}

async function records(bearer: Record<string, string>): Promise<Json> {
  const found: Record<string, unknown> = {};
  for (const engine of ["mysql", "postgresql"]) {
    for (const id of (await ask(bearer, `/database/${engine}`)) as readonly string[]) {
      const base = `/database/${engine}/${id}`;
      found[base] = await ask(bearer, base);
      for (const part of ["user", "database"]) {
        for (const inner of (await ask(bearer, `${base}/${part}`)) as readonly string[]) {
          found[`${base}/${part}/${inner}`] = await ask(bearer, `${base}/${part}/${inner}`);
        }
      }
    }
  }
  for (const region of ["GRA", "SBG"]) found[region] = await ask(bearer, `/region/${region}/storage`);
  for (const user of (await ask(bearer, "/user")) as readonly { id: number }[]) {
    found[`user ${user.id}`] = [
      user,
      await ask(bearer, `/user/${user.id}/policy`),
      await ask(bearer, `/user/${user.id}/s3Credentials`),
    ];
  }
  found.vrack = await ask(bearer, "/vrack");
  found.balancers = await ask(bearer, "/region/GRA11/loadbalancing/loadbalancer");
  const workflows: readonly { name: string }[] = await ask(bearer, "/region/GRA11/workflow/backup");
  found.workflows = workflows.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  return found;
}

/** Users and keys are numbered as they are made, in any order: their descriptions stand for them. */
async function userNames(bearer: Record<string, string>): Promise<(written: string) => string> {
  const names: (readonly [string, string])[] = [];
  for (const { id, username, description } of (await ask(bearer, "/user")) as readonly Record<string, string>[]) {
    names.push([String(username), `(name of ${description})`]);
    for (const { access } of (await ask(bearer, `/user/${id}/s3Credentials`)) as readonly { access: string }[]) {
      names.push([access, `(key of ${description})`]);
    }
    names.push([String(id), `(user ${description})`]);
  }
  return (written) => names.reduce((said, [id, name]) => said.replaceAll(id, name), written);
}

function outputs(exported: string): Json {
  const { deployment } = JSON.parse(exported) as { deployment: { resources: readonly Resource[] } };
  return Object.fromEntries(
    deployment.resources
      .filter(({ type }) => type.startsWith("ovh:"))
      .map(({ urn, id, outputs: told }) => [urn.split("::").slice(2).join(" "), { pulumiId: id, ...told }]),
  );
}

/** The leaves of a document by their paths; times, secrets and what is left out are left out. */
function facts(path: string, value: unknown): readonly (readonly [string, string])[] {
  if (value === undefined || ownNames.test(path)) return [];
  if (typeof value === "object" && value !== null) {
    // A state's secret.
    if ("plaintext" in value || "ciphertext" in value) return [];
    const inner = Object.entries(value);
    if (inner.length > 0) return inner.flatMap(([name, one]) => facts(`${path}.${name}`, one));
  }
  const leaf = JSON.stringify(value);
  return time.test(leaf) ? [] : [[path, leaf]];
}

function report(standIn: readonly Facts[], real: readonly Facts[]): number {
  let compared = 0;
  let left = 0;
  const explained = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    const [one, other] = [standIn[index] ?? new Map(), real[index] ?? new Map()];
    for (const path of new Set([...one.keys(), ...other.keys()])) {
      compared += 1;
      if (one.get(path) === other.get(path)) continue;
      const reason = known.find(([pattern]) => pattern.test(path))?.[1];
      if (reason !== undefined) explained.set(reason, (explained.get(reason) ?? 0) + 1);
      else {
        left += 1;
        console.log(
          `${step}: ${path}: ${one.get(path) ?? "nothing"}, by the real provider ${other.get(path) ?? "nothing"}`,
        );
      }
    }
  }
  for (const [reason, count] of explained) console.log(`${count} differences: ${reason}`);
  console.log(`${compared} values compared in ${steps.length} steps, ${left} differ`);
  return left === 0 ? 0 : 1;
}

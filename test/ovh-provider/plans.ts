/**
 * `npm run test:ovh-plans -- --plugin FILE [--write]`: what the real provider plans when one input is changed alone, for each type of OVHcloud. It is
 * asked as the engine asks it, with a resource that it made itself on a local cloud. Says what differs from plans.generated.jsonl, or writes that
 * file again; `npm test` compares the stand-in with it. FILE is pulumi-resource-ovh: see docs/ovhcloud-api.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { catalogue } from "../../src/local-cloud/catalogue/catalogue.ts";
import { startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import { CertificateAuthority } from "../../src/local-cloud/machines/services/certificate-authority.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { startTraffic } from "../../src/local-cloud/traffic/start.ts";
import { ProviderClient } from "../local-cloud/provider/provider-client.ts";
import { TestCloud } from "../local-cloud/provider/start-test-cloud.ts";
import {
  changesOf,
  planOf,
  plansFile,
  type RecordedPlan,
  type RecordedState,
  readPlans,
  type State,
  statesOf,
  withoutSecrets,
} from "./plan-cases.ts";
import { startPlugin } from "./real-plugin.ts";

const token = "plans";
const { values: options } = parseArgs({
  options: { plugin: { type: "string" }, write: { type: "boolean", default: false } },
});

if (options.plugin === undefined) {
  console.error("skipped: no plugin of the real provider; give pulumi-resource-ovh as --plugin FILE");
} else {
  process.exitCode = compare(await ask(resolve(options.plugin)));
}

/** Lines of plans.generated.jsonl. */
async function ask(plugin: string): Promise<readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-ovh-plans-"));
  const test = await TestCloud.start();
  const { cloud } = test;
  const { apis } = openSimulators(cloud, await loadSimulators());
  const { traffic, close } = startTraffic(cloud, { portOffset: 0, scale: 1, instanceCertificate: Buffer.alloc(0) });
  const authority = CertificateAuthority.open(folder, () => new Date());
  const api = await startHttpApi({ cloud, traffic, apis, token, authority });
  const running = await startPlugin(plugin, {
    OVH_ENDPOINT: `${api.url}/1.0`,
    OVH_ACCESS_TOKEN: token,
    OVH_CLOUD_PROJECT_SERVICE: cloud.keystone.projectId,
  });
  const real = new ProviderClient(running.port);
  try {
    await real.configure({});
    for (const { key, type } of test.landscape) {
      const client = type.startsWith("ovh:") ? real : test.clientOf(type);
      test.made.set(key, await create(client, test, { ...test.landmark(key), key }));
    }
    const lines: string[] = [];
    for (const state of statesOf(cloud)) {
      const made = test.made.get(state.key);
      const recorded = { key: state.key, type: state.type, ...(made ?? (await create(real, test, state))) };
      lines.push(...(await plansOf(real, recorded)));
    }
    return lines;
  } finally {
    real.close();
    running.stop();
    await Promise.all([api.close(), close()]);
    test.close();
    rmSync(folder, { recursive: true });
  }
}

async function create(client: ProviderClient, test: TestCloud, { key, type, inputs }: State) {
  const checked = await client.check(type, inputs(test));
  if (checked.failures.length > 0)
    throw new Error(`${key}: ${checked.failures.map(({ reason }) => reason).join("; ")}`);
  const { id, properties } = await client.create(type, checked.inputs);
  console.error(`made ${key}`);
  return { id, inputs: checked.inputs, properties };
}

async function plansOf(real: ProviderClient, state: RecordedState): Promise<readonly string[]> {
  const type = catalogue.ovh.resources[state.type];
  if (type === undefined) throw new Error(`${state.type} is not in the catalogue`);
  const lines = [JSON.stringify(withoutSecrets(state))];
  for (const { what, wanted } of changesOf(state.inputs, type)) {
    const plan = await planOf(real, state, wanted).catch((error: Error) => ({ failed: error.message }));
    if ("failed" in plan) console.error(`${state.key}, ${what}: ${plan.failed}`);
    lines.push(JSON.stringify({ state: state.key, what, wanted: withoutSecrets(wanted), ...plan }));
  }
  return lines;
}

/** Writes the lines, or names those that differ from what is written. @returns exit code */
function compare(lines: readonly string[]): number {
  if (options.write) {
    writeFileSync(plansFile, lines.map((line) => `${line}\n`).join(""));
    console.log(`${lines.length} lines written`);
    return 0;
  }
  const written = new Map(readPlans().plans.map((plan) => [nameOf(plan), said(plan)]));
  const asked = lines.map((line) => JSON.parse(line) as RecordedPlan).filter((line) => "state" in line);
  const different = asked.filter((plan) => written.get(nameOf(plan)) !== said(plan));
  for (const plan of different) {
    console.log(`${nameOf(plan)}: ${said(plan)}; written: ${written.get(nameOf(plan)) ?? "nothing"}`);
  }
  console.log(`${asked.length} plans of the real provider, ${different.length} differ from plans.generated.jsonl`);
  return different.length === 0 ? 0 : 1;
}

function nameOf({ state, what }: RecordedPlan): string {
  return `${state}, ${what}`;
}

/** A plan without the ids of this cloud, and without words: their order changes. */
function said({ state: _, what: __, wanted: ___, refused, ...plan }: RecordedPlan): string {
  return JSON.stringify({ ...plan, refused: refused !== undefined });
}

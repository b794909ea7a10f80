import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stopCloud } from "../../src/actions/cloud/cloud-stop.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import type { CloudRuntime } from "../../src/local-cloud/kernel/runtime.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { extensionsVariable } from "../../src/os/extensions.ts";
import { startCloud } from "../../src/stack/start-local-cloud.ts";
import { ProviderClient } from "./provider/provider-client.ts";

const toyRoot = resolve(import.meta.dirname, "..", "toy");
const machine = "toy:index/machine:Machine";

let home: string;
let runtime: CloudRuntime;

const start = async (extensions?: string) =>
  (
    await startCloud({
      home,
      env: { ...process.env, [extensionsVariable]: extensions },
      portOffset: 20_000 + (process.pid % 20_000),
    })
  ).runtime;

async function withToy<T>(work: (client: ProviderClient) => Promise<T>): Promise<T> {
  const client = new ProviderClient(runtime.providers.toy ?? 0);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "lor-simulators-"));
  runtime = await start(toyRoot);
});
afterAll(async () => {
  await stopCloud(home);
  rmSync(home, { recursive: true, force: true });
});

test("the cloud serves the package of an extension root beside the built-in ones", () => {
  expect(Object.keys(runtime.providers).sort()).toEqual(["openstack", "ovh", "random", "toy"]);
});

test("a resource of an extension is checked, created, compared, changed, read and deleted", () =>
  withToy(async (client) => {
    expect((await client.check(machine, { disk: 1 })).failures.map(({ property }) => property)).toEqual([
      "disk",
      "size",
    ]);
    const { inputs } = await client.check(machine, { name: "a", size: "small" });
    expect(inputs).toMatchObject({ name: "a", size: "small", disks: 1 });
    const { id, properties } = await client.create(machine, inputs);
    expect(properties).toMatchObject({ name: "a", size: "small", status: "RUNNING" });
    expect(await client.diff(machine, inputs, properties, { ...inputs, size: "large" })).toMatchObject({
      diffs: ["size"],
      replaces: [],
    });
    expect(await client.diff(machine, inputs, properties, { ...inputs, disks: 2 })).toMatchObject({
      diffs: ["disks"],
      replaces: ["disks"],
    });
    expect(await client.update(machine, id, properties, { ...inputs, size: "large" })).toMatchObject({ size: "large" });
    expect((await client.read(machine, id, { properties })).properties).toMatchObject({ size: "large" });
    await client.delete(machine, id, properties);
    expect((await client.read(machine, id, { properties })).id).toBe("");
  }));

test("its API answers at the cloud's address, to whoever has the token", async () => {
  const url = `${runtime.httpUrl}/toy/v1/machines`;
  expect((await fetch(url)).status).toBe(401);
  await withToy((client) => client.create(machine, { name: "b", size: "small", disks: 1 }));
  const answer = await fetch(url, { headers: { authorization: `Bearer ${runtime.token}` } });
  expect(await answer.json()).toMatchObject([{ name: "b", size: "small" }]);
});

test("a cloud that runs with other extensions is not taken for the one that is wanted", async () => {
  await expect(start()).rejects.toMatchObject({ code: "local-cloud-extensions", next: "lor-infra cloud stop" });
});

test("its records survive a restart, also one without the extension", async () => {
  const { id } = await withToy((client) => client.create(machine, { name: "c", size: "small", disks: 1 }));
  await stopCloud(home);
  runtime = await start();
  expect(Object.keys(runtime.providers)).not.toContain("toy");
  await stopCloud(home);
  runtime = await start(toyRoot);
  expect(await withToy((client) => client.read(machine, id))).toMatchObject({ id, properties: { name: "c" } });
});

test("the deadline of a record whose simulator is not loaded waits for it", async () => {
  const folder = mkdtempSync(join(home, "deadline-"));
  const open = () => createLocalCloud({ databasePath: join(folder, "cloud.sqlite"), clock: "stepped" });
  const simulators = await loadSimulators(toyRoot);
  const first = open();
  openSimulators(first, simulators);
  const due = first.clock.now() + 50;
  first.store.insert({
    kind: "toy-machine",
    id: "d",
    region: "toyland",
    name: "d",
    parent: "",
    due,
    body: { status: "STARTING" },
  });
  first.close();
  const without = open();
  without.clock.step(1);
  without.advance();
  expect(without.store.nextDue()).toBeUndefined();
  expect(without.store.get("toy-machine", "d")).toMatchObject({ due, body: { status: "STARTING" } });
  without.close();
  const again = open();
  openSimulators(again, simulators);
  again.advance();
  expect(again.store.get("toy-machine", "d")?.body).toEqual({ status: "RUNNING" });
  again.close();
});

test.each([
  ["a relative root", () => "toy", /LOR_INFRA_EXTENSIONS names "toy"; accepted are absolute folders/],
  ["a module that exports no simulator", () => rootWith("export const other = 1;"), /odd\/index\.js must export a sim/],
  [
    "a simulator with the id of another folder",
    () => rootWith("export const simulator = { id: 'even', open() { return {}; } };"),
    /must export a simulator with the id "odd"/,
  ],
  ["the same root twice", () => `${toyRoot}:${toyRoot}`, /two simulators have the id "toy"/],
])("%s is refused", async (_, extensions, message) => {
  await expect(loadSimulators(extensions())).rejects.toThrow(message);
});

test("two simulators of one package are refused", async () => {
  const cloud = createLocalCloud({ databasePath: ":memory:" });
  const packages = { random: { catalogue: { version: "1", resources: {}, functions: {} }, adapters: emptyAdapters } };
  const other = { id: "other", open: () => ({ packages }) };
  expect(() => openSimulators(cloud, [other, { ...other, id: "another" }])).toThrow(
    'the simulators "other" and "another" both serve the Pulumi package "random"',
  );
  cloud.close();
});

const emptyAdapters = { resources: {}, functions: {} };

function rootWith(source: string): string {
  const root = mkdtempSync(join(home, "root-"));
  mkdirSync(join(root, "local-cloud", "odd"), { recursive: true });
  writeFileSync(join(root, "local-cloud", "odd", "index.js"), source);
  return root;
}

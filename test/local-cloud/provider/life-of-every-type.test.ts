import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import type { ResourceType } from "../../../src/local-cloud/catalogue/shape.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { openstackInputRules } from "../../../src/local-cloud/openstack/input-rules.ts";
import { notImportable, writeOnlyInputs } from "../../../src/local-cloud/provider/write-only-inputs.ts";
import { landscape } from "./landscape.ts";
import type { Properties } from "./provider-client.ts";
import { TestCloud } from "./start-test-cloud.ts";

const probe = createLocalCloud({ databasePath: ":memory:" });
const landmarks = landscape(probe).map(({ key, type, change, replace }) => ({
  key,
  type,
  change,
  replace,
  importable: !notImportable.includes(type),
}));
probe.close();

function typeOf(token: string): ResourceType {
  const found = Object.values(catalogue).map((entry) => entry.resources[token]);
  return found.find((type) => type !== undefined) ?? { inputs: {}, outputs: {} };
}

/** What an import shows but for these parts. */
const partlyUnreadable: Readonly<Record<string, readonly string[]>> = {
  "openstack:compute/instance:Instance": ["networks[0].port"],
};

/** Inputs without the list of those that are defaults: a refresh leaves an empty one out. */
function given({ __defaults: _, ...inputs }: Properties): Properties {
  return inputs;
}

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  await cloud.createAll();
});
afterAll(() => cloud.close());

test("every supported type takes part", () => {
  const types = Object.values(catalogue).flatMap((entry) => Object.keys(entry.resources));
  expect([...new Set(landmarks.map((landmark) => landmark.type))].sort()).toEqual([...types].sort());
});

describe("a resource that was made", () => {
  test.each(landmarks)(
    "$key ($type): has an id, its inputs as outputs, and every output that it promises",
    ({ key, type }) => {
      const { id, inputs, properties } = cloud.recorded(key);
      expect(id).not.toBe("");
      for (const name of Object.keys(inputs).filter((one) => one !== "__defaults")) {
        expect(properties, name).toHaveProperty([name]);
      }
      const missing = Object.keys(typeOf(type).outputs).filter((name) => properties[name] === undefined);
      // Nothing here makes a bcrypt hash; no program of ours reads one.
      expect(missing).toEqual(type.endsWith("RandomPassword") ? ["bcryptHash"] : []);
    },
  );

  test.each(landmarks)("$key ($type): shows no difference when it is refreshed", async ({ key, type }) => {
    const { id, inputs, properties } = cloud.recorded(key);
    const client = cloud.clientOf(type);
    const read = await client.read(type, id, { inputs, properties });
    expect(read.id).toBe(id);
    expect(given(read.inputs)).toEqual(given(inputs));
    expect(await client.diff(type, read.inputs, read.properties, inputs)).toMatchObject({ none: true, paths: [] });
  });

  test.each(landmarks.filter((landmark) => landmark.importable))(
    "$key ($type): is adopted by its import id without a difference",
    async ({ key, type }) => {
      const { id, inputs } = cloud.recorded(key);
      const client = cloud.clientOf(type);
      const importId = cloud.landmark(key).importId?.(id, cloud, cloud.cloud) ?? id;
      const read = await client.read(type, importId);
      expect(read.id).toBe(id);
      const unreadable = [...(writeOnlyInputs[type] ?? [])];
      const ignored = [...unreadable, ...(partlyUnreadable[type] ?? [])];
      expect(await client.diff(type, read.inputs, read.properties, inputs, ignored)).toMatchObject({
        none: true,
        paths: [],
      });
      const known = typeOf(type).inputs;
      for (const name of unreadable) expect(read.inputs[name], name).toBeUndefined();
      const lacking = Object.keys(inputs).filter(
        (name) => read.inputs[name] === undefined && !unreadable.includes(name),
      );
      // Of two names for one thing an import shows one.
      const twice = openstackInputRules[type]?.apart?.flatMap((group) => group.slice(1)) ?? [];
      const left = lacking
        .filter((name) => !twice.includes(name))
        .filter((name) => name !== "__defaults" && inputs[name] !== known[name]?.default)
        .filter((name) => ![false, "", 0].includes(inputs[name] as never));
      expect(left.filter((name) => JSON.stringify(inputs[name]) !== "[]")).toEqual([]);
    },
  );

  test("an object in a container is not found by an import, as with the real provider", async () => {
    const type = "openstack:objectstorage/containerObject:ContainerObject";
    expect((await cloud.clientOf(type).read(type, cloud.id("object"))).id).toBe("");
  });

  test.each(landmarks.filter((landmark) => landmark.replace !== undefined))(
    "$key ($type): is replaced when it must be",
    async ({ key, type, replace }) => {
      const { inputs, properties } = cloud.recorded(key);
      const result = await cloud.clientOf(type).diff(type, inputs, properties, { ...inputs, ...replace });
      expect(result.replaces).toContain(Object.keys(replace ?? {})[0]);
    },
  );

  test.each(landmarks.filter((landmark) => landmark.change !== undefined))(
    "$key ($type): changes in place",
    async ({ key, type, change }) => {
      const { id, inputs, properties } = cloud.recorded(key);
      const client = cloud.clientOf(type);
      const { inputs: wanted } = await client.check(type, { ...inputs, ...change }, inputs);
      const diff = await client.diff(type, inputs, properties, wanted);
      // More than what is asked for: what the provider computes anew.
      expect(diff).toMatchObject({ replaces: [], diffs: expect.arrayContaining(Object.keys(change ?? {})) });
      const updated = await client.update(type, id, properties, wanted);
      cloud.made.set(key, { id, inputs: wanted, properties: updated });
      expect(await client.diff(type, wanted, updated, wanted)).toMatchObject({ none: true });
      const read = await client.read(type, id, { inputs: wanted, properties: updated });
      expect(given(read.inputs)).toEqual(given(wanted));
    },
  );

  test("a server that waits for confirm or revert cannot be read, as with the real provider", async () => {
    const type = "openstack:compute/instance:Instance";
    const { id, inputs, properties } = cloud.recorded("instance");
    const { servers } = cloud.cloud.nova;
    servers.resize(id, { flavorName: "b2-7-flex" });
    await cloud.cloud.waitUntil(() => servers.get(id).status === "VERIFY_RESIZE");
    await expect(cloud.clientOf(type).read(type, id, { inputs, properties })).rejects.toThrow(
      `Invalid power_state for instance ${id}: VERIFY_RESIZE`,
    );
    servers.revertResize(id);
    await cloud.cloud.waitUntil(() => servers.get(id).status === "ACTIVE");
    expect((await cloud.clientOf(type).read(type, id, { inputs, properties })).id).toBe(id);
  });

  test("a change made by someone else is seen by a refresh", async () => {
    const type = "openstack:loadbalancer/member:Member";
    const { id, inputs, properties } = cloud.recorded("member");
    const { members, loadBalancers } = cloud.cloud.octavia;
    await cloud.cloud.waitUntil(() => loadBalancers.get(cloud.id("shell")).provisioningStatus === "ACTIVE");
    members.update(cloud.id("pool"), id, { weight: 42 });
    const read = await cloud.clientOf(type).read(type, id, { inputs, properties });
    expect(given(read.inputs)).toEqual({ ...given(inputs), weight: 42 });
    const diff = await cloud.clientOf(type).diff(type, read.inputs, read.properties, inputs);
    expect(diff.paths).toEqual(["weight"]);
  });
});

describe("destruction", () => {
  test.each([...landmarks].reverse())(
    "$key ($type): is deleted, is gone, and may be deleted again",
    async ({ key, type }) => {
      const { id, inputs, properties } = cloud.recorded(key);
      const client = cloud.clientOf(type);
      await client.delete(type, id, properties);
      if (type.startsWith("random:")) return;
      if (type === "ovh:CloudProject/loadBalancer:LoadBalancer") {
        // Its deletion is answered when it is gone, and its read fails then.
        expect(cloud.cloud.octavia.loadBalancers.list({ name: "lor-prod-lb" })).toEqual([]);
        await expect(client.read(type, id, { inputs, properties })).rejects.toThrow(/404/);
      } else if (type === "ovh:CloudProject/s3Credential:S3Credential") {
        await expect(client.read(type, id, { inputs, properties })).rejects.toThrow(/404/);
      } else if (type === "openstack:networking/floatingIpAssociate:FloatingIpAssociate") {
        // There as long as the floating address is, and leading nowhere.
        const left = await client.read(type, id, { inputs, properties });
        expect(left).toMatchObject({ id, properties: { portId: "", fixedIp: "" } });
      } else if (type === "ovh:CloudProject/s3Policy:S3Policy") {
        // A policy that allows nothing is left, and read.
        const left = await client.read(type, id, { inputs, properties });
        expect(left).toMatchObject({ id, properties: { policy: '{"Statement":[]}' } });
      } else expect((await client.read(type, id, { inputs, properties })).id).toBe("");
      await client.delete(type, id, properties);
    },
  );
});

import { afterEach, describe, expect, test } from "vitest";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { landscape } from "./landscape.ts";
import type { Failure } from "./provider-client.ts";
import { TestCloud } from "./start-test-cloud.ts";

const probe = createLocalCloud({ databasePath: ":memory:" });
const firsts = new Set<string>();
const landmarks = landscape(probe)
  .filter(({ type }) => !firsts.has(type) && firsts.add(type))
  .map(({ key, type, change }) => ({ key, type, change }));
probe.close();

let cloud: TestCloud | undefined;
afterEach(() => {
  cloud?.close();
  cloud = undefined;
});

async function before(key: string): Promise<TestCloud> {
  cloud = await TestCloud.start();
  await cloud.createBefore(key);
  return cloud;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Failure) => error,
  );
}

describe("a creation", () => {
  test.each(landmarks)("$type: refused: nothing is made, the next one succeeds", async ({ key, type }) => {
    const { cloud: model } = await before(key);
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "fail" } });
    const failure = await failureOf(cloud?.create(key) ?? Promise.resolve());
    expect(failure.message).toContain(type);
    expect(failure.left).toBeUndefined();
    expect(model.journal.entries({ type, operation: "create" }).at(-1)?.outcome).not.toMatch(/ok|accepted/);
    expect((await cloud?.create(key))?.id).not.toBe("");
  });

  test.each(landmarks)("$type: accepted and then cut off: made once, unknown to the engine", async ({ key, type }) => {
    const { cloud: model } = await before(key);
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "drop-after-accept" } });
    const failure = await failureOf(cloud?.create(key) ?? Promise.resolve());
    expect(failure.left).toBeUndefined();
    const entry = model.journal.entries({ type, operation: "create" }).at(-1);
    expect(entry).toMatchObject({ outcome: "dropped", door: "grpc" });
    if (!type.startsWith("random:")) expect(entry?.id).toBeTruthy();
  });

  test.each(landmarks)("$type: held after acceptance: done, and answered when released", async ({ key, type }) => {
    const { cloud: model } = await before(key);
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "hold" } });
    const creation = cloud?.create(key);
    await model.journal.wait({ type, operation: "create", outcome: "accepted" });
    await model.waitUntil(() => model.faults.held().length === 1);
    expect(model.faults.release()).toBe(1);
    expect((await creation)?.id).not.toBe("");
  });

  test.each(landmarks)("$type: held before: not done until released; slow: done later", async ({ key, type }) => {
    const { cloud: model } = await before(key);
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "hold-before" } });
    const creation = cloud?.create(key);
    await model.journal.wait({ type, operation: "create", outcome: "running" });
    expect(model.faults.held().map((held) => held.stage)).toEqual(["before"]);
    model.faults.release();
    expect((await creation)?.id).not.toBe("");
    const { id, inputs, properties } = cloud?.recorded(key) ?? { id: "", inputs: {}, properties: {} };
    model.faults.order({ match: { type, operation: "read" }, effect: { kind: "slow", seconds: 20 } });
    expect((await cloud?.clientOf(type).read(type, id, { inputs, properties }))?.id).toBe(id);
    expect(model.faults.list()).toEqual([]);
  });
});

/** What the real services can end in ERROR; everything else is made in one step, and such a fault leaves it alone. */
const canEndInError = {
  "error-state": [
    "openstack:compute/instance:Instance",
    "openstack:blockstorage/volume:Volume",
    "openstack:loadbalancer/loadBalancer:LoadBalancer",
    "openstack:loadbalancer/listener:Listener",
    "openstack:loadbalancer/pool:Pool",
    "openstack:loadbalancer/member:Member",
    "openstack:loadbalancer/monitor:Monitor",
    "ovh:CloudProject/loadBalancer:LoadBalancer",
    "ovh:CloudProject/database:Database",
  ],
  "out-of-stock": ["openstack:compute/instance:Instance"],
};

describe("a creation that goes wrong in the cloud", () => {
  const cases = landmarks.flatMap(({ key, type }) => [
    { key, type, kind: "error-state" as const },
    { key, type, kind: "out-of-stock" as const },
  ]);

  test.each(cases)(
    "$type, $kind: stays in the engine's state with its reason and can be deleted",
    async ({ key, type, kind }) => {
      const { cloud: model } = await before(key);
      model.faults.order({ match: { type, operation: "create" }, effect: { kind } });
      const creation = cloud?.create(key) ?? Promise.reject(new Error("no cloud"));
      if (!canEndInError[kind].includes(type)) {
        expect((await creation).id).not.toBe("");
        return;
      }
      const failure = await failureOf(creation);
      expect(failure.message).toMatch(/unexpected state '(ERROR|error)'/);
      expect(failure.left?.id).toBeTruthy();
      await cloud?.clientOf(type).delete(type, failure.left?.id ?? "", failure.left?.properties ?? {});
    },
  );
});

describe("read, update and delete", () => {
  test.each(landmarks)("$type: refused, then carried out on the next call", async ({ key, type, change }) => {
    const { cloud: model } = await before(key);
    const recorded = await cloud?.create(key);
    const client = cloud?.clientOf(type);
    if (recorded === undefined || client === undefined) throw new Error("no cloud");
    const { id, inputs, properties } = recorded;
    const operations: Record<string, () => Promise<unknown>> = {
      read: () => client.read(type, id, { inputs, properties }),
      ...(change === undefined ? {} : { update: () => client.update(type, id, properties, { ...inputs, ...change }) }),
      delete: () => client.delete(type, id, properties),
    };
    for (const [operation, call] of Object.entries(operations)) {
      model.faults.order({ match: { type, operation }, effect: { kind: "fail" } });
      expect((await failureOf(call())).message, operation).toContain(type);
      await call();
    }
  });
});

describe("a machine", () => {
  const type = "openstack:compute/instance:Instance";

  test("whose caller dies in the middle of a resize waits in VERIFY_RESIZE", async () => {
    const { cloud: model } = await before("attachment");
    const { id, inputs, properties } = cloud?.recorded("instance") ?? { id: "", inputs: {}, properties: {} };
    model.faults.order({ match: { type, operation: "update" }, effect: { kind: "hold" } });
    const client = cloud?.clientOf(type);
    const resize = failureOf(
      client?.update(type, id, properties, { ...inputs, flavorName: "b2-15-flex" }) ?? Promise.resolve(),
    );
    await model.journal.wait({ type, operation: "update", outcome: "accepted" });
    await client?.hangUp();
    await resize;
    await model.waitUntil(() => model.nova.servers.get(id).status === "VERIFY_RESIZE");
    model.faults.release();
    await model.sleep(600);
    expect(model.nova.servers.get(id).status).toBe("VERIFY_RESIZE");
  });

  test("whose creation is in flight when the caller dies is made all the same", async () => {
    const { cloud: model } = await before("instance");
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "hold" } });
    const creation = failureOf(cloud?.create("instance") ?? Promise.resolve());
    const { id } = await model.journal.wait({ type, operation: "create", outcome: "accepted" });
    await cloud?.clientOf(type).hangUp();
    await creation;
    await model.waitUntil(() => model.nova.servers.get(id ?? "").status === "ACTIVE");
  });
});

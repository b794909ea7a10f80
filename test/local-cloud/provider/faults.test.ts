import { afterAll, describe, expect, test } from "vitest";
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

/** A cloud of its own for one test. */
async function before(key: string): Promise<TestCloud> {
  cloud?.close();
  cloud = await TestCloud.start();
  await cloud.createBefore(key);
  return cloud;
}

/** The cloud of the test before, in which every test leaves its resource as the next ones need it: each is made once instead of for every test. */
async function growing(key: string): Promise<TestCloud> {
  cloud ??= await TestCloud.start();
  await cloud.createBefore(key);
  return cloud;
}

/** Each group of tests begins on an empty cloud. */
function onCloudOfItsOwn(): void {
  afterAll(() => {
    cloud?.close();
    cloud = undefined;
  });
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => {
      throw new Error("it did not fail");
    },
    (error: Failure) => error,
  );
}

describe("a creation that is refused", () => {
  onCloudOfItsOwn();
  test.each(landmarks)("$type: nothing is made, the next one succeeds", async ({ key, type }) => {
    const grown = await growing(key);
    const { cloud: model } = grown;
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "fail" } });
    const failure = await failureOf(grown.create(key));
    expect(failure.message).toContain(type);
    expect(failure.left).toBeUndefined();
    expect(model.journal.entries({ type, operation: "create" }).at(-1)?.outcome).not.toMatch(/ok|accepted/);
    expect((await grown.create(key)).id).not.toBe("");
  });
});

describe("a creation that is accepted and then cut off", () => {
  onCloudOfItsOwn();
  test.each(landmarks)("$type: made once, unknown to the engine", async ({ key, type }) => {
    const grown = await before(key);
    const { cloud: model } = grown;
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "drop-after-accept" } });
    const failure = await failureOf(grown.create(key));
    expect(failure.left).toBeUndefined();
    const entry = model.journal.entries({ type, operation: "create" }).at(-1);
    expect(entry).toMatchObject({ outcome: "dropped", api: "grpc" });
    if (!type.startsWith("random:")) expect(entry?.id).toBeTruthy();
  });
});

describe("a creation that is held", () => {
  onCloudOfItsOwn();
  test.each(landmarks)("$type: after acceptance: done, and answered when released", async ({ key, type }) => {
    const grown = await growing(key);
    const { cloud: model } = grown;
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "hold" } });
    const after = model.journal.entries({}).at(-1)?.seq ?? 0;
    const creation = grown.create(key);
    await model.journal.wait({ type, operation: "create", outcome: "accepted", after });
    await model.waitUntil(() => model.faults.held().length === 1);
    expect(model.faults.release()).toBe(1);
    expect((await creation).id).not.toBe("");
  });
});

describe("a creation that is held before, and a read that is slow", () => {
  onCloudOfItsOwn();
  test.each(landmarks)("$type: not done until released; done later", async ({ key, type }) => {
    const grown = await growing(key);
    const { cloud: model } = grown;
    model.faults.order({ match: { type, operation: "create" }, effect: { kind: "hold-before" } });
    const after = model.journal.entries({}).at(-1)?.seq ?? 0;
    const creation = grown.create(key);
    await model.journal.wait({ type, operation: "create", outcome: "running", after });
    expect(model.faults.held().map((one) => one.stage)).toEqual(["before"]);
    model.faults.release();
    expect((await creation).id).not.toBe("");
    const { id, inputs, properties } = grown.recorded(key);
    model.faults.order({ match: { type, operation: "read" }, effect: { kind: "slow", seconds: 20 } });
    expect((await grown.clientOf(type).read(type, id, { inputs, properties }))?.id).toBe(id);
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

/** The real provider saves the state of these at the end of a creation only: one that fails leaves them in the cloud, unknown to the engine. */
const lostWhenItFails: readonly string[] = ["ovh:CloudProject/loadBalancer:LoadBalancer"];

describe("a creation that goes wrong in the cloud", () => {
  onCloudOfItsOwn();
  const cases = landmarks.flatMap(({ key, type }) => [
    { key, type, kind: "error-state" as const },
    { key, type, kind: "out-of-stock" as const },
  ]);

  test.each(cases)(
    "$type, $kind: fails with its reason, stays in the engine's state, and can be deleted",
    async ({ key, type, kind }) => {
      const grown = await growing(key);
      const { cloud: model } = grown;
      // The other kind of fault has left it there.
      if (grown.made.has(key)) await grown.delete(key);
      model.faults.order({ match: { type, operation: "create" }, effect: { kind } });
      const creation = grown.create(key);
      if (!canEndInError[kind].includes(type)) {
        expect((await creation).id).not.toBe("");
        model.faults.clear();
        return;
      }
      const failure = await failureOf(creation);
      expect(failure.message).toMatch(/unexpected state '(ERROR|error)'/);
      if (lostWhenItFails.includes(type)) {
        expect(failure.left).toBeUndefined();
        const { id = "" } = model.journal.entries({ type, operation: "create" }).at(-1) ?? {};
        await grown.clientOf(type).delete(type, id, {});
        return;
      }
      expect(failure.left?.id).toBeTruthy();
      await grown.clientOf(type).delete(type, failure.left?.id ?? "", failure.left?.properties ?? {});
    },
  );
});

describe("read, update and delete", () => {
  onCloudOfItsOwn();
  test.each(landmarks)("$type: refused, then carried out on the next call", async ({ key, type, change }) => {
    const grown = await growing(key);
    const { cloud: model } = grown;
    const { id, inputs, properties } = await grown.create(key);
    const client = grown.clientOf(type);
    const operations: Record<string, () => Promise<unknown>> = {
      read: () => client.read(type, id, { inputs, properties }),
      ...(change === undefined ? {} : { update: () => client.update(type, id, properties, { ...inputs, ...change }) }),
      delete: () => grown.delete(key),
    };
    for (const [operation, call] of Object.entries(operations)) {
      model.faults.order({ match: { type, operation }, effect: { kind: "fail" } });
      expect((await failureOf(call())).message, operation).toContain(type);
      await call();
    }
  });
});

describe("a machine", () => {
  onCloudOfItsOwn();
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

import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { CloudError, ConnectionDropped } from "../../../src/local-cloud/kernel/cloud-error.ts";
import type { CallInfo } from "../../../src/local-cloud/kernel/journal.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { openCloud } from "../test-cloud.ts";

const call = (name: string): CallInfo => ({
  api: "grpc",
  service: "neutron",
  operation: "create",
  type: "openstack:networking/network:Network",
  name,
});

function create(cloud: LocalCloud, name: string): Promise<string> {
  return cloud.perform(call(name), () => cloud.neutron.networks.create({ name })).then(({ id }) => id);
}

const names = (cloud: LocalCloud): string[] =>
  cloud.neutron.networks
    .list({ region: "GRA11" })
    .map(({ name }) => name)
    .filter((name) => name !== "Ext-Net");

describe("an ordered fault", () => {
  it("`fail` refuses before anything is done, once", async () => {
    const cloud = openCloud();
    cloud.faults.order({
      match: { type: "Network", operation: "create", name: "lor-*" },
      effect: { kind: "fail", status: 503 },
    });
    await create(cloud, "other");
    await expect(create(cloud, "lor-a")).rejects.toMatchObject({ status: 503 });
    expect(names(cloud)).toEqual(["other"]);
    await create(cloud, "lor-a");
    expect(cloud.faults.list()).toEqual([]);
    expect(cloud.journal.entries().map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      "other ok",
      "lor-a OrderedFault",
      "lor-a ok",
    ]);
  });

  it("happens as often as ordered", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: {}, effect: { kind: "fail" }, times: 2 });
    await expect(create(cloud, "a")).rejects.toBeInstanceOf(CloudError);
    await expect(create(cloud, "a")).rejects.toBeInstanceOf(CloudError);
    await create(cloud, "a");
  });

  it("`drop-after-accept` carries the call out and cuts the connection", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: { name: "a" }, effect: { kind: "drop-after-accept" } });
    await expect(create(cloud, "a")).rejects.toBeInstanceOf(ConnectionDropped);
    expect(names(cloud)).toEqual(["a"]);
    const [entry] = cloud.journal.entries();
    expect(entry).toMatchObject({ outcome: "dropped", id: cloud.neutron.networks.list({ name: "a" })[0]?.id });
  });

  it("`hold` carries the call out and answers when released", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: { name: "a" }, effect: { kind: "hold" } });
    const answer = create(cloud, "a");
    const entry = await cloud.journal.wait({ name: "a", outcome: "accepted" });
    expect(names(cloud)).toEqual(["a"]);
    expect(cloud.faults.held()).toMatchObject([{ seq: entry.seq, stage: "after" }]);
    expect(cloud.faults.release(entry.seq)).toBe(1);
    expect(await answer).toBe(entry.id);
  });

  it("`hold-before` does nothing until released", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: { name: "a" }, effect: { kind: "hold-before" } });
    const answer = create(cloud, "a");
    await cloud.journal.wait({ name: "a", outcome: "running" });
    expect(names(cloud)).toEqual([]);
    cloud.faults.release();
    await answer;
    expect(names(cloud)).toEqual(["a"]);
  });

  it("`slow` waits on the cloud's clock", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: {}, effect: { kind: "slow", seconds: 30 } });
    const answer = create(cloud, "a");
    await cloud.journal.wait({ name: "a" });
    cloud.clock.step(29);
    expect(names(cloud)).toEqual([]);
    cloud.clock.step(1);
    await answer;
    expect(names(cloud)).toEqual(["a"]);
  });

  it("`error-state` leaves what was made in ERROR", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: {}, effect: { kind: "error-state" } });
    const { id } = await cloud.perform({ api: "grpc", service: "cinder", operation: "create" }, () =>
      cloud.cinder.volumes.create({ name: "v", size: 10 }),
    );
    cloud.clock.step(2);
    expect(cloud.cinder.volumes.get(id).status).toBe("error");
  });

  it("losing a region makes its calls fail and its things unseen until it is restored", () => {
    const cloud = openCloud();
    const { id } = cloud.neutron.networks.create({ name: "a" });
    cloud.faults.loseRegion("GRA");
    expect(() => cloud.neutron.networks.get(id)).toThrow("region GRA11 does not answer");
    expect(() => cloud.neutron.networks.create({ name: "b" })).toThrow("503");
    expect(cloud.neutron.networks.create({ name: "b", region: "SBG5" }).region).toBe("SBG5");
    expect(() => cloud.neutron.networks.create({ name: "c", region: "Mars1" })).toThrow("No suitable endpoint");
    cloud.faults.restoreRegion("GRA");
    expect(cloud.neutron.networks.get(id).name).toBe("a");
  });
});

describe("the journal", () => {
  it("notes every call with its outcome and id, and never a secret", async () => {
    const cloud = openCloud();
    const secret = "the-secret-of-this-test";
    await cloud.perform({ api: "grpc", service: "barbican", operation: "create", name: "s" }, () =>
      cloud.barbican.secrets.create({ name: "s", payload: secret, payloadContentType: "text/plain" }),
    );
    await cloud.perform({ api: "http", service: "swift", operation: "http", name: "PUT /c" }, () =>
      cloud.swift.containers.put({ name: "c", metadata: { "Temp-URL-Key": secret } }),
    );
    await cloud.perform({ api: "grpc", service: "swift", operation: "create", name: "o" }, () =>
      cloud.swift.objects.put({ container: "c", name: "o", content: secret }),
    );
    const user = await cloud.perform({ api: "grpc", service: "ovh-users", operation: "create" }, () =>
      cloud.ovhUsers.create({}),
    );
    const text = JSON.stringify(cloud.store.prepare("SELECT * FROM journal").all());
    expect(text).not.toContain(secret);
    expect(text).not.toContain(user.password);
    expect(cloud.journal.entries({ api: "http" })).toHaveLength(1);
    expect(cloud.journal.entries({ after: 1, limit: 1 })[0]?.seq).toBe(4);
    expect(cloud.journal.entries({ operation: "create", service: "barbican" })[0]?.id).toBe(
      cloud.barbican.secrets.list()[0]?.id,
    );
  });

  it("can be waited for, and gives up", async () => {
    const cloud = openCloud();
    const waiting = cloud.journal.wait({ type: "Network", outcome: "ok" });
    await create(cloud, "a");
    expect((await waiting).name).toBe("a");
    await expect(cloud.journal.wait({ name: "never" }, 5)).rejects.toThrow("no call matched");
  });
});

describe("waiting", () => {
  it("asks again at each deadline of the real clock", async () => {
    const cloud = openCloud({ clock: "real", scale: 1000, wall: Date.now });
    const { id } = cloud.cinder.volumes.create({ name: "v", size: 10 });
    await cloud.waitUntil(() => cloud.cinder.volumes.get(id).status === "available");
  });

  it("tries again while the cloud is busy", async () => {
    const cloud = openCloud();
    let busy = 2;
    const answer = cloud.retryWhile(() => {
      if (busy > 0) {
        throw new CloudError(409, "ImmutableObject", "busy");
      }
      return "done";
    });
    for (; busy > 0; busy -= 1) {
      cloud.clock.step(1);
    }
    expect(await answer).toBe("done");
    await expect(
      cloud.retryWhile(() => {
        throw new CloudError(400, "BadRequest", "no");
      }),
    ).rejects.toMatchObject({ status: 400 });
  });

  it("ends in time, on a signal, and when the cloud closes", async () => {
    const cloud = openCloud();
    const late = cloud.waitUntil(() => false, { timeoutSeconds: 10 });
    const cancel = new AbortController();
    const cancelled = cloud.waitUntil(() => false, { signal: cancel.signal });
    const closed = cloud.waitUntil(() => false);
    const outcomes = Promise.allSettled([late, cancelled, closed]);
    cancel.abort(new Error("cancelled"));
    cloud.clock.step(10);
    await expect(late).rejects.toMatchObject({ status: 504 });
    cloud.close();
    expect((await outcomes).map((outcome) => (outcome.status === "rejected" ? outcome.reason.message : ""))).toEqual([
      "what was waited for did not happen within 10 s",
      "cancelled",
      "the local cloud was stopped",
    ]);
  });
});

it("a refused change wakes nobody: whoever tries again at each change would wake itself", async () => {
  const cloud = openCloud();
  let woken = 0;
  cloud.onChange(() => {
    woken += 1;
  });
  expect(() => cloud.neutron.networks.delete("nothing")).toThrow(CloudError);
  await turn();
  expect(woken).toBe(0);
  cloud.neutron.networks.create({ name: "n" });
  await turn();
  expect(woken).toBe(1);
});

import { describe, expect, it } from "vitest";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { createPart, openCloud, refusal } from "../test-cloud.ts";

function createServer(cloud: LocalCloud, name: string, flavorName = "b2-7-flex", serverGroupId?: string): string {
  return cloud.nova.servers.create({ name, flavorName, imageName: "Debian 12", networks: [], serverGroupId }).id;
}

function activeServer(cloud: LocalCloud, name: string, flavorName?: string, serverGroupId?: string): string {
  const id = createServer(cloud, name, flavorName, serverGroupId);
  cloud.clock.step(200);
  return id;
}

describe("a server", () => {
  it("is BUILD when accepted, ACTIVE later, and its guest starts after that", () => {
    const cloud = openCloud();
    const id = createServer(cloud, "ps-0");
    expect(cloud.nova.servers.get(id)).toMatchObject({ status: "BUILD", taskState: "spawning" });
    cloud.clock.step(29);
    expect(cloud.nova.servers.get(id).status).toBe("BUILD");
    cloud.clock.step(1);
    const server = cloud.nova.servers.get(id);
    expect(server).toMatchObject({ status: "ACTIVE", taskState: undefined });
    expect(server.guestReadyAt).toBe(cloud.clock.now() + 60_000);
  });

  it("is resized in place: RESIZE, VERIFY_RESIZE until confirmed, then ACTIVE with its address and the new size", () => {
    const cloud = openCloud();
    const part = createPart(cloud, 1);
    const port = cloud.neutron.ports.create({
      name: "p",
      networkId: part.networkId,
      fixedIps: [{ ipAddress: "10.10.1.10" }],
    });
    const { id } = cloud.nova.servers.create({
      name: "ps-0",
      flavorName: "b2-7-flex",
      imageName: "Debian 12",
      networks: [{ portId: port.id }],
    });
    cloud.clock.step(200);
    expect(cloud.nova.servers.resize(id, { flavorName: "b2-15-flex" }).status).toBe("RESIZE");
    cloud.clock.step(45);
    expect(cloud.nova.servers.get(id)).toMatchObject({ status: "VERIFY_RESIZE", flavor: { name: "b2-15-flex" } });
    cloud.clock.step(10_000);
    expect(cloud.nova.servers.get(id).status).toBe("VERIFY_RESIZE");
    cloud.nova.servers.confirmResize(id);
    cloud.clock.step(3);
    expect(cloud.nova.servers.get(id)).toMatchObject({
      status: "ACTIVE",
      flavor: { name: "b2-15-flex" },
      addresses: [{ address: "10.10.1.10" }],
    });
  });

  it("has its old size again after a revert", () => {
    const cloud = openCloud();
    const id = activeServer(cloud, "ps-0");
    cloud.nova.servers.resize(id, { flavorName: "b2-15-flex" });
    cloud.clock.step(45);
    cloud.nova.servers.revertResize(id);
    expect(cloud.nova.servers.get(id).status).toBe("REVERT_RESIZE");
    cloud.clock.step(30);
    expect(cloud.nova.servers.get(id)).toMatchObject({ status: "ACTIVE", flavor: { name: "b2-7-flex" } });
  });

  it("rolls a resize to a smaller disk back: a classic size only grows", () => {
    const cloud = openCloud();
    const id = activeServer(cloud, "ps-0", "b2-7");
    cloud.nova.servers.resize(id, { flavorName: "b2-15" });
    cloud.clock.step(45);
    cloud.nova.servers.confirmResize(id);
    cloud.clock.step(3);
    cloud.nova.servers.resize(id, { flavorName: "b2-7" });
    cloud.clock.step(45);
    expect(cloud.nova.servers.get(id)).toMatchObject({
      status: "ACTIVE",
      flavor: { name: "b2-15" },
      fault: { message: "Resize error: Unable to resize disk down." },
    });
  });

  it("refuses what its state does not allow, in Nova's words", () => {
    const cloud = openCloud();
    const id = createServer(cloud, "ps-0");
    expect(refusal(() => cloud.nova.servers.resize(id, { flavorName: "b2-15-flex" }))).toEqual({
      status: 409,
      code: "conflictingRequest",
      message: `Cannot 'resize' instance ${id} while it is in vm_state building`,
    });
    cloud.clock.step(200);
    expect(refusal(() => cloud.nova.servers.confirmResize(id)).message).toContain("vm_state active");
    expect(refusal(() => cloud.nova.servers.resize(id, { flavorName: "b2-7-flex" }))).toMatchObject({
      status: 400,
      message: "When resizing, instances must change flavor!",
    });
    expect(refusal(() => cloud.nova.servers.resize(id, { flavorName: "b9-7" })).status).toBe(400);
  });

  it("is gone some time after its deletion, and its given port is free again", () => {
    const cloud = openCloud();
    const part = createPart(cloud, 1);
    const port = cloud.neutron.ports.create({ name: "p", networkId: part.networkId });
    const args = { flavorName: "b2-7", imageName: "Debian 12", networks: [{ portId: port.id }] };
    const { id } = cloud.nova.servers.create({ name: "a", ...args });
    expect(refusal(() => cloud.nova.servers.create({ name: "b", ...args }))).toMatchObject({
      status: 409,
      message: `Port ${port.id} is still in use.`,
    });
    cloud.clock.step(200);
    cloud.nova.servers.delete(id);
    expect(cloud.nova.servers.get(id).taskState).toBe("deleting");
    cloud.clock.step(5);
    expect(refusal(() => cloud.nova.servers.get(id)).status).toBe(404);
    expect(cloud.neutron.ports.get(port.id)).toMatchObject({ deviceId: "", status: "DOWN" });
  });

  it("needs a known flavor, image and key, and room in the quota", () => {
    const cloud = openCloud();
    const args = { name: "a", flavorName: "b2-7", imageName: "Debian 12", networks: [] };
    expect(refusal(() => cloud.nova.servers.create({ ...args, flavorName: "b2-8" })).message).toBe(
      "Flavor b2-8 could not be found.",
    );
    expect(refusal(() => cloud.nova.servers.create({ ...args, imageName: "Minix" })).status).toBe(400);
    expect(refusal(() => cloud.nova.servers.create({ ...args, keyName: "k" })).message).toBe(
      "Invalid key_name provided.",
    );
    for (let index = 0; index < 40; index += 1) {
      cloud.nova.servers.create({ ...args, name: `a-${index}` });
    }
    expect(refusal(() => cloud.nova.servers.create(args))).toEqual({
      status: 403,
      code: "forbidden",
      message: "Quota exceeded for instances: Requested 1, but already used 40 of 40 instances",
    });
  });

  it("ends in ERROR when no host is left, and can be set ACTIVE again after a failed resize", async () => {
    const cloud = openCloud();
    cloud.faults.order({ match: { operation: "create" }, effect: { kind: "out-of-stock" } });
    const { id } = await cloud.perform({ api: "grpc", service: "nova", operation: "create" }, () =>
      cloud.nova.servers.get(createServer(cloud, "ps-0")),
    );
    cloud.clock.step(2);
    expect(cloud.nova.servers.get(id)).toMatchObject({
      status: "ERROR",
      fault: { code: 500, message: "No valid host was found. There are not enough hosts available." },
    });

    const other = activeServer(cloud, "ps-1");
    cloud.faults.order({ match: { operation: "update" }, effect: { kind: "error-state" } });
    await cloud.perform({ api: "grpc", service: "nova", operation: "update" }, () =>
      cloud.nova.servers.resize(other, { flavorName: "b2-15-flex" }),
    );
    cloud.clock.step(2);
    expect(cloud.nova.servers.get(other)).toMatchObject({ status: "ERROR", flavor: { name: "b2-7-flex" } });
    cloud.nova.servers.resetState(other, "active");
    expect(cloud.nova.servers.get(other).status).toBe("ACTIVE");
  });
});

describe("a server group", () => {
  it("spreads its members, strictly until no host is left", () => {
    const cloud = openCloud({ hosts: 2 });
    const group = cloud.nova.serverGroups.create({ name: "g", policy: "anti-affinity" }).id;
    const [a, b, c] = ["a", "b", "c"].map((name) => activeServer(cloud, name, "b2-7-flex", group)) as [
      string,
      string,
      string,
    ];
    expect(cloud.nova.servers.get(a).host).not.toBe(cloud.nova.servers.get(b).host);
    expect(cloud.nova.servers.get(c)).toMatchObject({
      status: "ERROR",
      fault: { message: expect.stringContaining("No valid host") },
    });
    expect(cloud.nova.serverGroups.get(group).members).toEqual([a, b, c]);
  });

  it("spreads softly: more members than hosts share", () => {
    const cloud = openCloud({ hosts: 2 });
    const group = cloud.nova.serverGroups.create({ name: "g", policy: "soft-anti-affinity" }).id;
    const ids = ["a", "b", "c", "d"].map((name) => activeServer(cloud, name, "b2-7-flex", group));
    const hosts = ids.map((id) => cloud.nova.servers.get(id).host);
    expect(hosts.filter((host) => host === "host-1")).toHaveLength(2);
  });

  it("spreads softly only what is not placed at the same moment", () => {
    for (const [policy, pause, hosts] of [
      ["soft-anti-affinity", 0, 1],
      ["soft-anti-affinity", 60, 2],
      ["anti-affinity", 0, 2],
    ] as const) {
      const cloud = openCloud();
      const group = cloud.nova.serverGroups.create({ name: "g", policy }).id;
      const used = ["a", "b"].map((name) => {
        const id = createServer(cloud, name, "b2-7-flex", group);
        cloud.clock.step(pause);
        return cloud.nova.servers.get(id).host;
      });
      expect(new Set(used).size).toBe(hosts);
    }
  });

  it("with strict anti-affinity and no spare host kills a member resized right after another one; soft does not", () => {
    for (const [policy, outcome] of [
      ["anti-affinity", "ERROR"],
      ["soft-anti-affinity", "VERIFY_RESIZE"],
    ] as const) {
      const cloud = openCloud({ hosts: 2 });
      const group = cloud.nova.serverGroups.create({ name: "g", policy }).id;
      const [a, b] = ["a", "b"].map((name) => activeServer(cloud, name, "b2-7-flex", group)) as [string, string];
      cloud.nova.servers.resize(a, { flavorName: "b2-15-flex" });
      cloud.clock.step(45);
      cloud.nova.servers.confirmResize(a);
      cloud.clock.step(3);
      cloud.nova.servers.resize(b, { flavorName: "b2-15-flex" });
      cloud.clock.step(45);
      expect(cloud.nova.servers.get(b).status).toBe(outcome);
    }
  });

  it("with strict anti-affinity resizes well after a settle time", () => {
    const cloud = openCloud({ hosts: 2 });
    const group = cloud.nova.serverGroups.create({ name: "g", policy: "anti-affinity" }).id;
    const [a, b] = ["a", "b"].map((name) => activeServer(cloud, name, "b2-7-flex", group)) as [string, string];
    cloud.nova.servers.resize(a, { flavorName: "b2-15-flex" });
    cloud.clock.step(45);
    cloud.nova.servers.confirmResize(a);
    cloud.clock.step(3 + 11);
    cloud.nova.servers.resize(b, { flavorName: "b2-15-flex" });
    cloud.clock.step(45);
    expect(cloud.nova.servers.get(b).status).toBe("VERIFY_RESIZE");
  });
});

describe("volumes and keys", () => {
  it("a volume is attached, keeps its server from nothing but its own deletion, and comes back on detaching", () => {
    const cloud = openCloud();
    const server = activeServer(cloud, "ps-0");
    const volume = cloud.cinder.volumes.create({ name: "data", size: 100 }).id;
    expect(cloud.cinder.volumes.get(volume).status).toBe("creating");
    expect(
      refusal(() => cloud.nova.volumeAttachments.create({ serverId: server, volumeId: volume })).message,
    ).toContain("must be available");
    cloud.clock.step(2);
    expect(cloud.nova.volumeAttachments.create({ serverId: server, volumeId: volume }).device).toBe("/dev/vdb");
    cloud.clock.step(3);
    expect(cloud.cinder.volumes.get(volume)).toMatchObject({ status: "in-use", attachments: [{ serverId: server }] });
    expect(refusal(() => cloud.cinder.volumes.delete(volume)).status).toBe(400);
    expect(refusal(() => cloud.cinder.volumes.extend(volume, 200)).status).toBe(400);
    cloud.cinder.volumes.extend(volume, 200, true);
    cloud.clock.step(3);
    expect(cloud.cinder.volumes.get(volume)).toMatchObject({ size: 200, status: "in-use" });
    expect(refusal(() => cloud.cinder.volumes.extend(volume, 100, true)).message).toContain(
      "greater than current size",
    );
    cloud.nova.volumeAttachments.delete(server, volume);
    cloud.clock.step(3);
    expect(cloud.cinder.volumes.get(volume)).toMatchObject({ status: "available", attachments: [] });
    cloud.cinder.volumes.delete(volume);
    cloud.clock.step(2);
    expect(refusal(() => cloud.cinder.volumes.get(volume)).status).toBe(404);
  });

  it("a server takes its volumes' attachments along, not the volumes", () => {
    const cloud = openCloud();
    const server = activeServer(cloud, "ps-0");
    const volume = cloud.cinder.volumes.create({ name: "data", size: 100 }).id;
    cloud.clock.step(2);
    cloud.nova.volumeAttachments.create({ serverId: server, volumeId: volume });
    cloud.clock.step(3);
    cloud.nova.servers.delete(server);
    cloud.clock.step(5);
    expect(cloud.cinder.volumes.get(volume).status).toBe("available");
  });

  it("a key pair has one name", () => {
    const cloud = openCloud();
    const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw a";
    expect(cloud.nova.keypairs.create({ name: "k", publicKey }).fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(refusal(() => cloud.nova.keypairs.create({ name: "k", publicKey })).message).toBe(
      "Key pair 'k' already exists.",
    );
    cloud.nova.keypairs.delete("k");
    expect(refusal(() => cloud.nova.keypairs.get("k")).status).toBe(404);
  });
});

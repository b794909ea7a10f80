import { describe, expect, it } from "vitest";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import type { CreateDatabaseArgs } from "../../../src/local-cloud/ovhcloud/databases/types.ts";
import { createPart, openCloud, refusal } from "../test-cloud.ts";

function databaseArgs(cloud: LocalCloud): CreateDatabaseArgs {
  const part = createPart(cloud, 2);
  return {
    engine: "postgresql",
    version: "16",
    plan: "essential",
    flavor: "db1-4",
    description: "odoo",
    nodes: [{ region: "GRA", ...part }],
    ipRestrictions: [{ ip: "10.10.3.0/24" }],
    backupRegions: ["GRA", "SBG"],
    backupTime: "03:30:00",
  };
}

const noMatchingCompute = "no compute matches your expectations, please refer to the availability endpoint";

describe("a managed database", () => {
  it("is CREATING, then READY, on an address of its subnet's pool", () => {
    const cloud = openCloud();
    const made = cloud.ovhDatabases.create(databaseArgs(cloud));
    expect(made).toMatchObject({
      status: "CREATING",
      networkType: "private",
      privateAddress: "10.10.2.102",
      diskSize: 80,
      retentionDays: 2,
    });
    expect(refusal(() => cloud.ovhDatabases.createUser(made.id, { name: "odoo" })).status).toBe(409);
    cloud.clock.step(300);
    expect(cloud.ovhDatabases.get(made.id).status).toBe("READY");
    expect(refusal(() => cloud.neutron.networks.delete(made.networkId ?? "")).status).toBe(409);
  });

  it("changes plan, restrictions and disk in place; disk, flavor and version never go down", () => {
    const cloud = openCloud();
    const { id } = cloud.ovhDatabases.create(databaseArgs(cloud));
    cloud.clock.step(300);
    const change = (args: Parameters<typeof cloud.ovhDatabases.update>[1]) => {
      const view = cloud.ovhDatabases.update(id, args);
      expect(view.status).toBe("UPDATING");
      cloud.clock.step(300);
      return cloud.ovhDatabases.get(id);
    };
    expect(change({ plan: "business" })).toMatchObject({
      plan: "business",
      nodeNumber: 2,
      retentionDays: 14,
      status: "READY",
    });
    expect(change({ diskSize: 120 }).diskSize).toBe(120);
    expect(change({ ipRestrictions: [{ ip: "10.10.4.0/24" }] }).ipRestrictions).toMatchObject([
      { ip: "10.10.4.0/24", status: "READY" },
    ]);
    expect(change({ ipRestrictions: [] }).ipRestrictions).toHaveLength(1);
    expect(change({ flavor: "db1-7" })).toMatchObject({ flavor: "db1-7", diskSize: 160 });
    expect(refusal(() => cloud.ovhDatabases.update(id, { diskSize: 80 })).status).toBe(400);
    expect(refusal(() => cloud.ovhDatabases.update(id, { diskSize: 159 })).status).toBe(400);
    expect(refusal(() => cloud.ovhDatabases.update(id, { flavor: "db1-4" })).message).toContain("cannot go down");
    expect(refusal(() => cloud.ovhDatabases.update(id, { version: "14" })).message).toContain("cannot go down");
    expect(refusal(() => cloud.ovhDatabases.update(id, { flavor: "b3-16" })).message).toBe(noMatchingCompute);
  });

  it("is refused when it is not sold or its network is not there", () => {
    const cloud = openCloud();
    const args = databaseArgs(cloud);
    const ask = (change: Partial<CreateDatabaseArgs>) =>
      refusal(() => cloud.ovhDatabases.create({ ...args, ...change })).message;
    expect(ask({ plan: "huge" })).toBe(noMatchingCompute);
    expect(ask({ version: "9" })).toBe(noMatchingCompute);
    expect(ask({ plan: "business" })).toBe("Plan business has 2 node(s), not 1");
    expect(ask({ diskSize: 1000 })).toContain("from 80 to 240 GB");
    expect(ask({ ipRestrictions: [{ ip: "10.10.3.1/24" }] })).toContain("not an address block");
    expect(ask({ backupRegions: ["SBG"] })).toContain("one of them GRA");
    expect(
      ask({ nodes: [{ region: "SBG", networkId: args.nodes[0]?.networkId, subnetId: args.nodes[0]?.subnetId }] }),
    ).toContain("is not in the network");
    expect(cloud.ovhDatabases.list()).toEqual([]);
  });

  it("with deletion protection is not deleted; without it goes with its port, users and databases", () => {
    const cloud = openCloud();
    const { id, networkId } = cloud.ovhDatabases.create({ ...databaseArgs(cloud), deletionProtection: true });
    cloud.clock.step(300);
    expect(refusal(() => cloud.ovhDatabases.delete(id)).message).toContain("deletion protection");
    cloud.ovhDatabases.update(id, { deletionProtection: false });
    cloud.clock.step(40);
    cloud.ovhDatabases.delete(id);
    expect(cloud.ovhDatabases.get(id).status).toBe("DELETING");
    cloud.clock.step(20);
    expect(refusal(() => cloud.ovhDatabases.get(id)).status).toBe(404);
    cloud.neutron.networks.delete(networkId ?? "");
  });

  it("has users with generated passwords, told once, and logical databases", () => {
    const cloud = openCloud();
    const { id } = cloud.ovhDatabases.create(databaseArgs(cloud));
    cloud.clock.step(300);
    const user = cloud.ovhDatabases.createUser(id, { name: "odoo", roles: ["replication"] });
    expect(user.password).toMatch(/^[A-Za-z0-9]{24}$/);
    expect(cloud.ovhDatabases.getUser(id, user.id)).not.toHaveProperty("password");
    expect(cloud.ovhDatabases.resetPassword(id, user.id).password).not.toBe(user.password);
    expect(refusal(() => cloud.ovhDatabases.createUser(id, { name: "odoo" })).status).toBe(409);
    const database = cloud.ovhDatabases.createLogicalDatabase(id, "odoo");
    expect(refusal(() => cloud.ovhDatabases.getLogicalDatabase(id, database.id)).status).toBe(404);
    cloud.clock.step(2);
    expect(cloud.ovhDatabases.getLogicalDatabase(id, database.id).name).toBe("odoo");
  });

  it("has a backup a day in each region, and forks from a point in time within the retention", () => {
    const cloud = openCloud();
    const args = databaseArgs(cloud);
    const { id } = cloud.ovhDatabases.create(args);
    cloud.clock.step(300);
    cloud.ovhDatabases.createLogicalDatabase(id, "odoo");
    cloud.clock.step(5 * 24 * 3600);
    expect(cloud.ovhDatabases.backups(id).map(({ createdAt, region }) => `${createdAt} ${region}`)).toEqual([
      "2026-11-26T03:30:00Z GRA",
      "2026-11-26T03:30:00Z SBG",
      "2026-11-27T03:30:00Z GRA",
      "2026-11-27T03:30:00Z SBG",
    ]);
    const fork = (pointInTime: string) =>
      cloud.ovhDatabases.create({ ...args, forkFrom: { serviceId: id, pointInTime } });
    expect(refusal(() => fork("2026-11-23T00:00:00Z")).status).toBe(400);
    const forked = fork("2026-11-27T11:00:00Z");
    expect(cloud.ovhDatabases.listLogicalDatabases(forked.id).map(({ name }) => name)).toEqual(["defaultdb", "odoo"]);
    expect(cloud.ovhDatabases.listUsers(forked.id).map(({ username }) => username)).toEqual(["avnadmin"]);
  });
});

describe("OVHcloud's half alone, where the OpenStack half is another cloud's", () => {
  const elsewhere = { networkId: "network-of-another-cloud", subnetId: "subnet-of-another-cloud" };

  it("takes ids of networks and servers as they are given", () => {
    const cloud = openCloud({ openstackElsewhere: true });
    const made = cloud.ovhDatabases.create({ ...databaseArgs(cloud), nodes: [{ region: "GRA", ...elsewhere }] });
    cloud.clock.step(300);
    expect(cloud.ovhDatabases.get(made.id)).toMatchObject({ status: "READY", ...elsewhere });
    expect(cloud.neutron.ports.list().filter((port) => port.deviceOwner === "managed:database")).toEqual([]);
    const args = {
      region: "GRA11",
      name: "ps-0",
      instanceId: "server-of-another-cloud",
      cron: "0 4 * * *",
      rotation: 7,
    };
    expect(cloud.ovhBackups.create(args)).toMatchObject({ instanceId: "server-of-another-cloud" });
  });

  it("refuses them otherwise", () => {
    const cloud = openCloud();
    const args = { ...databaseArgs(cloud), nodes: [{ region: "GRA", ...elsewhere }] };
    expect(refusal(() => cloud.ovhDatabases.create(args)).status).toBe(400);
  });
});

describe("object storage", () => {
  it("keeps versions, copies to the other region, and refuses to delete what is not empty", () => {
    const cloud = openCloud();
    cloud.ovhStorage.create({ region: "SBG", name: "copies", versioning: "enabled" });
    cloud.ovhStorage.create({
      region: "GRA",
      name: "images",
      versioning: "enabled",
      replicationRules: [
        {
          id: "all",
          status: "enabled",
          priority: 1,
          deleteMarkerReplication: "disabled",
          destination: { name: "copies", region: "SBG" },
        },
      ],
    });
    cloud.ovhStorage.putObject("images", "a.png", "one");
    cloud.ovhStorage.putObject("images", "a.png", "two");
    expect(cloud.ovhStorage.listObjects("copies")).toEqual([]);
    cloud.clock.step(30);
    expect(cloud.ovhStorage.getObject("copies", "a.png")).toBe("two");
    cloud.ovhStorage.deleteObject("images", "a.png");
    cloud.clock.step(30);
    expect(cloud.ovhStorage.listObjects("images")).toEqual([]);
    expect(cloud.ovhStorage.listVersions("images")).toHaveLength(3);
    expect(cloud.ovhStorage.getObject("copies", "a.png")).toBe("two");
    expect(refusal(() => cloud.ovhStorage.delete("images"))).toMatchObject({ status: 409, code: "BucketNotEmpty" });
    cloud.ovhStorage.empty("images");
    cloud.ovhStorage.delete("images");
    expect(refusal(() => cloud.ovhStorage.get("images")).status).toBe(404);
  });

  it("a name is taken once in the whole cloud; replication needs versions", () => {
    const cloud = openCloud();
    cloud.ovhStorage.create({ region: "GRA", name: "images" });
    expect(refusal(() => cloud.ovhStorage.create({ region: "SBG", name: "images" })).code).toBe("BucketAlreadyExists");
    expect(refusal(() => cloud.ovhStorage.create({ region: "GRA11", name: "other" })).status).toBe(404);
    const rule = {
      id: "a",
      status: "enabled",
      priority: 1,
      deleteMarkerReplication: "disabled",
      destination: { name: "x", region: "SBG" },
    } as const;
    expect(refusal(() => cloud.ovhStorage.update("images", { replicationRules: [rule] })).status).toBe(400);
  });

  it("copies wait for a lost region", () => {
    const cloud = openCloud();
    const rule = {
      id: "a",
      status: "enabled",
      priority: 1,
      deleteMarkerReplication: "disabled",
      destination: { name: "copies", region: "SBG" },
    } as const;
    cloud.ovhStorage.create({ region: "SBG", name: "copies", versioning: "enabled" });
    cloud.ovhStorage.create({ region: "GRA", name: "images", versioning: "enabled", replicationRules: [rule] });
    cloud.ovhStorage.putObject("images", "a", "x");
    cloud.faults.loseRegion("SBG");
    cloud.clock.step(100);
    expect(refusal(() => cloud.ovhStorage.listObjects("copies")).status).toBe(503);
    cloud.faults.restoreRegion("SBG");
    cloud.clock.step(30);
    expect(cloud.ovhStorage.listObjects("copies")).toHaveLength(1);
  });
});

describe("Swift", () => {
  it("a container with objects is not deleted unless forced; its signing keys are not shown", () => {
    const cloud = openCloud();
    cloud.swift.containers.put({ name: "c", region: "GRA", metadata: { "Temp-URL-Key": "secret", Purpose: "guests" } });
    cloud.swift.objects.put({ container: "c", name: "guests/a.json", content: "{}" });
    expect(cloud.swift.containers.get("c", "GRA11")).toMatchObject({
      metadata: { purpose: "guests" },
      objectCount: 1,
      bytesUsed: 2,
    });
    expect(JSON.stringify(cloud.swift.containers.get("c"))).not.toContain("secret");
    expect(refusal(() => cloud.swift.containers.delete("c")).status).toBe(409);
    cloud.swift.containers.delete("c", "GRA", true);
    expect(refusal(() => cloud.swift.objects.get("c", "guests/a.json")).status).toBe(404);
  });
});

describe("users", () => {
  it("have a password that Keystone accepts until it is reset, and S3 keys that go with them", () => {
    const cloud = openCloud();
    const user = cloud.ovhUsers.create({ description: "images", roleNames: ["objectstore_operator"] });
    const token = cloud.keystone.authenticate({ userName: user.username, password: user.password });
    expect(cloud.keystone.validate(token.id)).toMatchObject({ userId: user.id, roles: ["objectstore_operator"] });
    cloud.ovhUsers.resetPassword(user.id);
    expect(
      refusal(() => cloud.keystone.authenticate({ userName: user.username, password: user.password })).status,
    ).toBe(401);
    cloud.clock.step(24 * 3600);
    expect(refusal(() => cloud.keystone.validate(token.id)).status).toBe(404);

    const credential = cloud.ovhUsers.createS3Credential(user.id);
    expect(cloud.ovhUsers.s3Secret(user.id, credential.access)).toBe(credential.secret);
    cloud.ovhUsers.setS3Policy(user.id, '{"Statement":[]}');
    expect(refusal(() => cloud.ovhUsers.setS3Policy(user.id, "{")).status).toBe(400);
    cloud.ovhUsers.delete(user.id);
    expect(refusal(() => cloud.ovhUsers.getS3Credential(user.id, credential.access)).status).toBe(404);
  });

  it("have known roles only", () => {
    expect(refusal(() => openCloud().ovhUsers.create({ roleNames: ["objectStoreOperator"] })).message).toContain(
      "Unknown role",
    );
  });
});

describe("the rest of OVHcloud", () => {
  it("a project is in one vRack, after a while", () => {
    const cloud = openCloud();
    const project = cloud.keystone.projectId;
    expect(cloud.ovhVrack.attach("pn-1", project).status).toBe("ATTACHING");
    expect(refusal(() => cloud.ovhVrack.attach("pn-2", project)).status).toBe(409);
    expect(refusal(() => cloud.ovhVrack.attach("other", project)).status).toBe(404);
    cloud.clock.step(15);
    expect(cloud.ovhVrack.get("pn-1", project).status).toBe("ATTACHED");
    cloud.ovhVrack.detach("pn-1", project);
    cloud.clock.step(15);
    expect(refusal(() => cloud.ovhVrack.get("pn-1", project)).status).toBe(404);
  });

  it("scheduled copies of an instance: one for each time, the newest kept", () => {
    const cloud = openCloud();
    const server = cloud.nova.servers.create({
      name: "odoo",
      flavorName: "b2-15-flex",
      imageName: "Debian 12",
      networks: [],
    });
    const args = { region: "GRA11", instanceId: server.id, name: "odoo", rotation: 3 };
    expect(refusal(() => cloud.ovhBackups.create({ ...args, cron: "0 4 * *" })).status).toBe(400);
    const { id } = cloud.ovhBackups.create({ ...args, cron: "0 4 * * *" });
    expect(cloud.ovhBackups.copies(id)).toEqual([]);
    cloud.clock.step(24 * 3600);
    expect(cloud.ovhBackups.copies(id).map(({ createdAt }) => createdAt)).toEqual(["2026-11-23T04:00:00Z"]);
    cloud.clock.step(9 * 24 * 3600);
    expect(cloud.ovhBackups.copies(id).map(({ createdAt }) => createdAt)).toEqual([
      "2026-12-02T04:00:00Z",
      "2026-12-01T04:00:00Z",
      "2026-11-30T04:00:00Z",
    ]);
  });
});

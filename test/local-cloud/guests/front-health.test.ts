import { describe, expect, it } from "vitest";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { createShop, frontAddress, openCloud, putDocument, type Shop, signedUrl } from "../test-cloud.ts";

describe("the health of a front", () => {
  it("is good when everything it needs is there, and its member is ONLINE", async () => {
    const cloud = openCloud();
    const shop = await createShop(cloud);
    expect(cloud.frontHealth(frontAddress)).toMatchObject({
      healthy: true,
      reason: undefined,
      serverName: "ps-0",
      running: true,
      database: { id: shop.database.id, maxConnections: 300 },
    });
    expect(cloud.octavia.members.get(shop.poolId, shop.memberId).operatingStatus).toBe("ONLINE");
    expect(cloud.octavia.loadBalancers.get(shop.balancerId).operatingStatus).toBe("ONLINE");
  });

  const harms: readonly [name: string, harm: (cloud: LocalCloud, shop: Shop) => void, reason: RegExp][] = [
    ["server stopped", (cloud, { serverId }) => cloud.nova.servers.stop(serverId), /ps-0 is (powering-off|SHUTOFF)/],
    [
      "resize not confirmed",
      (cloud, { serverId }) => {
        cloud.nova.servers.resize(serverId, { flavorName: "b2-15-flex" });
        cloud.clock.step(100);
      },
      /is VERIFY_RESIZE/,
    ],
    [
      "guest rebooting",
      (cloud, { serverId }) => {
        cloud.nova.servers.reboot(serverId);
        cloud.clock.step(6);
      },
      /still starting/,
    ],
    [
      "volume detached",
      (cloud, { serverId, volumeId }) => cloud.nova.volumeAttachments.delete(serverId, volumeId),
      /no data volume/,
    ],
    [
      "document deleted",
      (cloud) => cloud.swift.objects.delete("lor-test-configuration", "guests/ps-0.json"),
      /cannot be fetched/,
    ],
    [
      "document's key changed",
      (cloud) => {
        cloud.swift.containers.put({ name: "lor-test-configuration", metadata: { "temp-url-key": "other" } });
      },
      /Temp URL invalid/,
    ],
    [
      "document of another guest",
      (cloud, { document }) => putDocument(cloud, { ...document, name: "ps-1" }),
      /is that of ps-1/,
    ],
    [
      "database restricted",
      (cloud, { database }) => {
        cloud.ovhDatabases.update(database.id, { ipRestrictions: [{ ip: "10.10.3.0/24" }] });
      },
      /does not accept the address 10\.10\.1\.10/,
    ],
    [
      "database gone",
      (cloud, { database }) => {
        cloud.ovhDatabases.delete(database.id);
        cloud.clock.step(20);
      },
      /no database has the name/,
    ],
    ["database going", (cloud, { database }) => cloud.ovhDatabases.delete(database.id), /is DELETING/],
    [
      "password changed",
      (cloud, { database, userId }) => cloud.ovhDatabases.resetPassword(database.id, userId),
      /refuses the password/,
    ],
    [
      "user deleted",
      (cloud, { database, userId }) => cloud.ovhDatabases.deleteUser(database.id, userId),
      /has no user prestashop/,
    ],
    [
      "another logical database",
      (cloud, { document }) => {
        putDocument(cloud, { ...document, database: { ...document.database, name: "other" } });
      },
      /no logical database other/,
    ],
    [
      "database's router interface gone",
      (cloud, { router, databasePart }) => {
        cloud.neutron.routers.removeInterface(router, { subnetId: databasePart.subnetId });
      },
      /subnet of the database shop has no interface/,
    ],
    [
      "front's router interface gone",
      (cloud, { router, frontPart }) => {
        cloud.neutron.routers.removeInterface(router, { subnetId: frontPart.subnetId });
      },
      /has no router interface/,
    ],
    [
      "balancer's router interface gone",
      (cloud, { router, balancerPart }) => {
        cloud.neutron.routers.removeInterface(router, { subnetId: balancerPart.subnetId });
      },
      /no router joins/,
    ],
    [
      "external gateway gone",
      (cloud, { router }) => cloud.neutron.routers.update(router, { externalNetworkId: null }),
      /no external gateway/,
    ],
    [
      "security rule gone",
      (cloud, { groupId }) => {
        const rules = cloud.neutron.securityGroups.get(groupId).rules;
        cloud.neutron.securityGroups.deleteRule(rules.find(({ direction }) => direction === "ingress")?.id ?? "");
      },
      /do not let the load balancer/,
    ],
    ["region lost", (cloud) => cloud.faults.loseRegion("GRA11"), /the region GRA11 is lost/],
  ];

  it.each(harms)("is bad with the reason named: %s", async (_name, harm, reason) => {
    const cloud = openCloud();
    const shop = await createShop(cloud);
    harm(cloud, shop);
    const health = cloud.frontHealth(frontAddress);
    expect(health.healthy).toBe(false);
    expect(health.reason).toMatch(reason);
    if (!cloud.faults.isLost("GRA11")) {
      expect(cloud.octavia.members.get(shop.poolId, shop.memberId)).toMatchObject({
        operatingStatus: "ERROR",
        reason: health.reason,
      });
    }
  });

  it("comes back when what was missing is there again", async () => {
    const cloud = openCloud();
    const shop = await createShop(cloud);
    cloud.nova.servers.resize(shop.serverId, { flavorName: "b2-15-flex" });
    cloud.clock.step(45);
    cloud.nova.servers.confirmResize(shop.serverId);
    cloud.clock.step(3);
    expect(cloud.frontHealth(frontAddress).reason).toMatch(/still starting/);
    cloud.clock.step(17);
    expect(cloud.frontHealth(frontAddress).healthy).toBe(true);
  });

  it("of a drained member is DRAINING while it is healthy, ERROR when it is not", async () => {
    const cloud = openCloud();
    const shop = await createShop(cloud);
    cloud.octavia.members.update(shop.poolId, shop.memberId, { weight: 0 });
    cloud.clock.step(3);
    expect(cloud.octavia.members.get(shop.poolId, shop.memberId).operatingStatus).toBe("DRAINING");
    cloud.nova.servers.stop(shop.serverId);
    expect(cloud.octavia.members.get(shop.poolId, shop.memberId).operatingStatus).toBe("ERROR");
  });

  it("seen from the guest itself ignores the security groups, which `reach` tells of", async () => {
    const cloud = openCloud();
    const shop = await createShop(cloud);
    const rules = cloud.neutron.securityGroups.get(shop.groupId).rules;
    cloud.neutron.securityGroups.deleteRule(rules.find(({ direction }) => direction === "ingress")?.id ?? "");
    expect(cloud.frontHealth(frontAddress, { from: null }).healthy).toBe(true);
    expect(cloud.reach(shop.balancerId, { address: frontAddress, protocolPort: 80 })).toMatchObject({
      reachable: false,
    });
  });

  it("of an address without a server is bad", () => {
    expect(openCloud().frontHealth("10.10.1.10")).toMatchObject({ healthy: false, running: false });
  });
});

describe("a signed address", () => {
  it("is refused with a wrong key, too late, or for another object", async () => {
    const cloud = openCloud();
    await createShop(cloud);
    const read = (url: string) => cloud.swift.objects.contentBySignedUrl(url).object.name;
    expect(read(signedUrl(cloud, "guests/ps-0.json"))).toBe("guests/ps-0.json");
    expect(() => read(signedUrl(cloud, "guests/ps-0.json", 4_000_000_000, "wrong"))).toThrow("Temp URL invalid");
    expect(() => read(signedUrl(cloud, "guests/ps-0.json", 1_000_000_000))).toThrow("Temp URL invalid");
    expect(() => read(signedUrl(cloud, "guests/ps-0.json").replace("ps-0", "odoo"))).toThrow("Temp URL invalid");
    expect(() => read(signedUrl(cloud, "guests/odoo.json"))).toThrow("could not be found");
  });
});

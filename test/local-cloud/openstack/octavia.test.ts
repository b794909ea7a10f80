import { describe, expect, it } from "vitest";
import { createPart, createShop, openCloud, refusal } from "../test-cloud.ts";

describe("what is refused", () => {
  const codeOf = (work: () => unknown) => {
    const { status, code, message } = refusal(work);
    return `${status} ${code} ${message}`;
  };

  it("a listener: its values, then its pool, its headers, its certificate, its port", async () => {
    const cloud = openCloud();
    const { balancerId: loadBalancerId } = await createShop(cloud);
    const { listeners } = cloud.octavia;
    const taken = listeners.create({ loadBalancerId, protocol: "HTTP", protocolPort: 8181 }).protocolPort;
    cloud.clock.step(3);
    const ask = (more: Partial<Parameters<typeof listeners.create>[0]>) =>
      codeOf(() => listeners.create({ loadBalancerId, protocol: "HTTP", protocolPort: taken, ...more }));
    const nobody = "0b0b0b0b-0000-4000-8000-000000000000";
    const insertHeaders = { "X-Nonsense": "true" };
    const wrong = {
      allowedCidrs: ["everywhere"],
      defaultPoolId: nobody,
      insertHeaders,
      defaultTlsContainerRef: nobody,
    };
    expect(ask(wrong)).toContain("allowed_cidrs");
    expect(ask({ ...wrong, allowedCidrs: ["10.1.2.3/8"] })).toMatch(/^404 .*Pool/);
    const { defaultPoolId: _, allowedCidrs: __, ...rest } = wrong;
    expect(ask(rest)).toContain("400 ValidationException Validation failure: X-Nonsense");
    expect(ask({ defaultTlsContainerRef: nobody })).toContain("not allowed on HTTP protocol listeners");
    expect(ask({ protocol: "TERMINATED_HTTPS", defaultTlsContainerRef: nobody })).toContain("400 CertificateRetrieval");
    expect(ask({ protocol: "TCP", insertHeaders: { "X-Forwarded-For": "true" } })).toContain("TCP protocol listener");
    expect(ask({})).toContain("409 DuplicateListenerEntry");
  });

  it("a text that is too long, whatever it is of", async () => {
    const cloud = openCloud();
    const { balancerId: loadBalancerId, poolId, memberId, balancerPart } = await createShop(cloud);
    const { loadBalancers, listeners, pools, members, monitors } = cloud.octavia;
    const name = "n".repeat(256);
    const asks = [
      () => loadBalancers.create({ name, vipSubnetId: balancerPart.subnetId }),
      () => listeners.create({ name, loadBalancerId, protocol: "HTTP", protocolPort: 8181 }),
      () => pools.create({ name, loadBalancerId, protocol: "HTTP", lbMethod: "ROUND_ROBIN" }),
      () => members.update(poolId, memberId, { name }),
      () => monitors.create({ name, poolId, type: "TCP", delay: 5, timeout: 4, maxRetries: 3 }),
    ];
    for (const ask of asks) expect(codeOf(ask)).toContain("field/attribute name");
  });

  it("a pool that the listener cannot lead to, and cookies where there are none", async () => {
    const cloud = openCloud();
    const { balancerId: loadBalancerId } = await createShop(cloud);
    const { listeners, pools } = cloud.octavia;
    const listener = listeners.create({ loadBalancerId, protocol: "HTTP", protocolPort: 8181 });
    cloud.clock.step(3);
    const lbMethod = "ROUND_ROBIN";
    expect(codeOf(() => pools.create({ listenerId: listener.id, protocol: "UDP", lbMethod }))).toContain(
      "The pool protocol 'UDP' is invalid while the listener protocol is 'HTTP'",
    );
    const persistence = { type: "HTTP_COOKIE" as const, cookieName: undefined };
    expect(codeOf(() => pools.create({ loadBalancerId, protocol: "UDP", lbMethod, persistence }))).toContain(
      "not supported for UDP",
    );
  });

  it("a monitor: what Octavia's types do not take, and what only HTTP has", async () => {
    const cloud = openCloud();
    const { balancerId: loadBalancerId } = await createShop(cloud);
    const { monitors, pools } = cloud.octavia;
    const { id: poolId } = pools.create({ loadBalancerId, protocol: "HTTP", lbMethod: "ROUND_ROBIN" });
    cloud.clock.step(3);
    const good = { poolId, type: "HTTP", delay: 5, timeout: 4, maxRetries: 3 };
    const wrongs = [{ maxRetries: 11 }, { maxRetriesDown: 0 }, { urlPath: "health" }, { expectedCodes: "fine" }];
    for (const wrong of [...wrongs, { httpMethod: "FETCH" }, { delay: -1 }, { type: "TCP", urlPath: "/health" }]) {
      expect(codeOf(() => monitors.create({ ...good, ...wrong }))).toMatch(/^400 /);
    }
    expect(monitors.create(good).type).toBe("HTTP");
  });
});

describe("a load balancer's tree", () => {
  it("changes one thing at a time: 409 while another change is carried out", async () => {
    const cloud = openCloud();
    const { balancerId, poolId, memberId } = await createShop(cloud);
    cloud.octavia.members.update(poolId, memberId, { weight: 0 });
    expect(cloud.octavia.loadBalancers.get(balancerId).provisioningStatus).toBe("PENDING_UPDATE");
    expect(cloud.octavia.members.get(poolId, memberId).provisioningStatus).toBe("PENDING_UPDATE");
    expect(refusal(() => cloud.octavia.members.update(poolId, memberId, { weight: 1 }))).toEqual({
      status: 409,
      code: "ImmutableObject",
      message: `Load Balancer ${balancerId} is immutable and cannot be updated.`,
    });
    expect(refusal(() => cloud.octavia.loadBalancers.update(balancerId, { name: "x" })).message).toBe(
      `Invalid state PENDING_UPDATE of loadbalancer resource ${balancerId}`,
    );
    cloud.clock.step(3);
    expect(cloud.octavia.members.update(poolId, memberId, { weight: 1 }).weight).toBe(1);
  });

  it("takes three addresses of the pool, none of them chosen, and gives them back", async () => {
    const cloud = openCloud();
    const { balancerId, balancerPart } = await createShop(cloud);
    const taken = () => cloud.neutron.subnets.addresses(balancerPart.subnetId).map(({ ipAddress }) => ipAddress);
    expect(cloud.octavia.loadBalancers.get(balancerId).vipAddress).toBe("10.10.0.102");
    expect(taken()).toEqual(["10.10.0.100", "10.10.0.101", "10.10.0.102", "10.10.0.103", "10.10.0.104", "10.10.0.254"]);
    cloud.octavia.loadBalancers.delete(balancerId, true);
    expect(refusal(() => cloud.neutron.networks.delete(balancerPart.networkId)).status).toBe(409);
    cloud.clock.step(8);
    expect(refusal(() => cloud.octavia.loadBalancers.get(balancerId)).status).toBe(404);
    expect(taken()).toEqual(["10.10.0.100", "10.10.0.101", "10.10.0.254"]);
  });

  it("is not deleted with children unless asked to cascade", async () => {
    const cloud = openCloud();
    const { balancerId } = await createShop(cloud);
    expect(refusal(() => cloud.octavia.loadBalancers.delete(balancerId)).message).toContain("it has children");
  });

  it("refuses a second listener on a port, a second monitor, a second equal member, a weight out of range", async () => {
    const cloud = openCloud();
    const { balancerId, poolId } = await createShop(cloud);
    const listener = { loadBalancerId: balancerId, protocol: "HTTP", protocolPort: 80, defaultPoolId: poolId };
    cloud.octavia.listeners.create(listener);
    cloud.clock.step(3);
    expect(refusal(() => cloud.octavia.listeners.create(listener)).code).toBe("DuplicateListenerEntry");
    expect(
      refusal(() => cloud.octavia.monitors.create({ poolId, type: "HTTP", delay: 5, timeout: 4, maxRetries: 2 })).code,
    ).toBe("DuplicateHealthMonitor");
    expect(refusal(() => cloud.octavia.members.create({ poolId, address: "10.10.1.10", protocolPort: 80 })).code).toBe(
      "DuplicateMemberEntry",
    );
    expect(
      refusal(() => cloud.octavia.members.create({ poolId, address: "10.10.1.11", protocolPort: 80, weight: 300 }))
        .status,
    ).toBe(400);
  });

  it("TLS needs a readable bundle in the key manager", async () => {
    const cloud = openCloud();
    const { balancerId } = await createShop(cloud);
    const args = { loadBalancerId: balancerId, protocol: "TERMINATED_HTTPS", protocolPort: 443 };
    expect(refusal(() => cloud.octavia.listeners.create(args)).message).toContain("certificate container reference");
    expect(
      refusal(() => cloud.octavia.listeners.create({ ...args, defaultTlsContainerRef: "https://x/v1/secrets/y" })).code,
    ).toBe("CertificateRetrievalException");
    const { secretRef } = cloud.barbican.secrets.create({
      name: "bundle",
      payload: Buffer.from("no bundle").toString("base64"),
      payloadContentType: "application/octet-stream",
      payloadContentEncoding: "base64",
    });
    expect(refusal(() => cloud.octavia.listeners.create({ ...args, defaultTlsContainerRef: secretRef })).code).toBe(
      "UnreadablePKCS12",
    );
  });
});

describe("OVHcloud's load balancer", () => {
  it("changes its size in place, keeps its address, and shows the size before it is ACTIVE", async () => {
    const cloud = openCloud();
    const { balancerId, flavors } = await createShop(cloud);
    const before = cloud.ovhLoadBalancers.get(balancerId);
    cloud.ovhLoadBalancers.update(balancerId, { flavorId: flavors.large });
    expect(cloud.ovhLoadBalancers.get(balancerId)).toMatchObject({
      flavorId: flavors.medium,
      provisioningStatus: "PENDING_UPDATE",
    });
    cloud.clock.step(60);
    expect(cloud.ovhLoadBalancers.get(balancerId)).toMatchObject({
      flavorId: flavors.large,
      provisioningStatus: "PENDING_UPDATE",
    });
    cloud.clock.step(15);
    expect(cloud.ovhLoadBalancers.get(balancerId)).toMatchObject({
      flavorId: flavors.large,
      provisioningStatus: "ACTIVE",
      vipAddress: before.vipAddress,
    });
  });

  it("a failed size change leaves the old size and ERROR", async () => {
    const cloud = openCloud();
    const { balancerId, flavors } = await createShop(cloud);
    cloud.faults.order({ match: {}, effect: { kind: "error-state" } });
    await cloud.perform({ api: "http", service: "ovh-load-balancers", operation: "update" }, () =>
      cloud.ovhLoadBalancers.update(balancerId, { flavorId: flavors.large }),
    );
    cloud.clock.step(200);
    expect(cloud.ovhLoadBalancers.get(balancerId)).toMatchObject({
      flavorId: flavors.medium,
      provisioningStatus: "ERROR",
    });
  });

  it("carries the floating address given to it, and refuses a gateway that is not of its subnet", async () => {
    const cloud = openCloud();
    const { router, flavors } = await createShop(cloud);
    const part = createPart(cloud, 5);
    const floating = cloud.neutron.floatingIps.create({ pool: "Ext-Net", description: "lb" });
    const args = {
      region: "GRA11",
      name: "lb",
      flavorId: flavors.small ?? "",
      gatewayId: router,
      floatingIpId: floating.id,
      ...part,
    };
    expect(refusal(() => cloud.ovhLoadBalancers.create(args)).message).toContain("has no interface in the subnet");
    cloud.neutron.routers.addInterface(router, { subnetId: part.subnetId });
    expect(cloud.ovhLoadBalancers.create(args).floatingIp).toEqual({ id: floating.id, ip: floating.address });
  });
});

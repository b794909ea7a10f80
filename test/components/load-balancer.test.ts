import { expect, test } from "vitest";
import { chooseFlavor } from "../../components/ovh/load-balancer.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { find, recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

const balancer = "ovh:CloudProject/loadBalancer:LoadBalancer";
const plainBalancer = "openstack:loadbalancer/loadBalancer:LoadBalancer";

function withDriver(driver: LorPlan["loadBalancer"]["driver"]): LorPlan {
  const plan = profilePlan("rush");
  return { ...plan, loadBalancer: { ...plan.loadBalancer, driver } };
}

test("OVHcloud's shell is given the floating address and its own subnet, and no listener", async () => {
  const cloud = await recordLor(withDriver("ovh"));
  expect(find(cloud, balancer, "lb").inputs).toEqual({
    name: "lor-prod-lb",
    description: "lor-prod-lb",
    serviceName: "0123456789abcdef0123456789abcdef",
    regionName: "GRA11",
    flavorId: "flavor-large",
    network: {
      private: {
        network: { id: "openstack:networking/network:Network/lb", subnetId: "openstack:networking/subnet:Subnet/lb" },
        gateway: { id: "openstack:networking/router:Router/router" },
        floatingIp: { id: "openstack:networking/floatingIp:FloatingIp/lb" },
      },
    },
  });
  expect(resourcesOf(cloud, plainBalancer)).toEqual([]);
  expect(cloud.outputs.addresses).toMatchObject({ loadBalancer: { public: "192.0.2.100", private: "10.10.0.117" } });
});

test("OpenStack's shell takes the wanted address, and its size is a choice of the creation", async () => {
  const cloud = await recordLor(withDriver("openstack"));
  const shell = find(cloud, plainBalancer, "lb");
  expect(shell.inputs).toMatchObject({ vipAddress: "10.10.0.1", flavorId: "flavor-large" });
  expect(shell.ignoreChanges).toEqual(["flavorId", "description"]);
  expect(find(cloud, "openstack:networking/floatingIpAssociate:FloatingIpAssociate", "lb").inputs).toMatchObject({
    floatingIp: "192.0.2.100",
    portId: "vip-port",
  });
  expect(resourcesOf(cloud, balancer)).toEqual([]);
});

test.each(["ovh", "openstack"] as const)("HTTP and HTTPS reach one pool that asks for health: %s", async (shell) => {
  const cloud = await recordLor(withDriver(shell));
  const shellId = `${shell === "ovh" ? balancer : plainBalancer}/lb`;
  const listener = (name: string) => find(cloud, "openstack:loadbalancer/listener:Listener", name).inputs;
  const headers = { "X-Forwarded-For": "true", "X-Forwarded-Port": "true", "X-Forwarded-Proto": "true" };
  const shared = {
    loadbalancerId: shellId,
    defaultPoolId: "openstack:loadbalancer/pool:Pool/lb",
    insertHeaders: headers,
  };
  expect(listener("http")).toMatchObject({ ...shared, protocol: "HTTP", protocolPort: 80 });
  expect(listener("https")).toMatchObject({
    ...shared,
    protocol: "TERMINATED_HTTPS",
    protocolPort: 443,
    defaultTlsContainerRef: "https://key-manager.example/v1/secrets/1",
  });
  expect(find(cloud, "openstack:loadbalancer/pool:Pool", "lb").inputs).toMatchObject({
    name: "lor-prod-lb-pool",
    protocol: "HTTP",
    loadbalancerId: shellId,
  });
  expect(find(cloud, "openstack:loadbalancer/monitor:Monitor", "lb").inputs).toMatchObject({
    type: "HTTP",
    urlPath: "/health",
    expectedCodes: "200",
    poolId: "openstack:loadbalancer/pool:Pool/lb",
  });
});

test("the fronts believe the headers of the balancer's two sides only", async () => {
  const cloud = await recordLor(withDriver("ovh"));
  const document = find(cloud, "openstack:objectstorage/containerObject:ContainerObject", "ps-0").inputs.content;
  expect(JSON.parse(String(document)).trustedProxies).toEqual(["10.10.0.0/24", "10.10.1.0/24"]);
});

test("a size that the region does not offer is refused by name", () => {
  const offered = [
    { id: "1", name: "small" },
    { id: "2", name: "medium" },
  ];
  expect(chooseFlavor(offered, "medium", "GRA11")).toBe("2");
  expect(() => chooseFlavor(offered, "xl", "GRA11")).toThrowError(
    expect.objectContaining({ code: "load-balancer-size-unavailable", seen: "xl", accepted: "small, medium" }),
  );
});

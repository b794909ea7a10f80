import * as openstack from "@pulumi/openstack";
import { expect, test } from "vitest";
import { VRack, type VRackArgs } from "../../components/ovh/v-rack.ts";
import { find, resourcesOf } from "./lor-build.ts";
import { record } from "./recording-cloud.ts";

const args: VRackArgs = {
  vrack: "pn-1",
  region: "GRA11",
  routerName: "router",
  externalNetwork: "Ext-Net",
  subnets: [
    {
      part: "prestashop",
      cloudName: "fronts",
      cidr: "10.10.1.0/24",
      vlan: 101,
      gateway: "10.10.1.254",
      pool: { start: "10.10.1.100", end: "10.10.1.250" },
    },
  ],
  firewalls: [],
};

const router = "openstack:networking/router:Router";
const subnet = "openstack:networking/subnet:Subnet";

test("a transform lays its inputs over one child and leaves the others alone", async () => {
  const cloud = await record(async () => {
    new VRack("network", { ...args, transform: { router: { distributed: true, name: "mine" } } });
    return {};
  });
  expect(find(cloud, router, "router").inputs).toMatchObject({ distributed: true, name: "mine", region: "GRA11" });
  expect(find(cloud, subnet, "prestashop").inputs).toMatchObject({ name: "fronts" });
});

test("a transform may be a function of the child, and may change its options", async () => {
  const seen: string[] = [];
  const cloud = await record(async () => {
    new VRack("network", {
      ...args,
      transform: {
        subnet: (child) => {
          seen.push(child.name);
          return { args: { ...child.args, enableDhcp: false }, options: { ...child.options, protect: true } };
        },
      },
    });
    return {};
  });
  expect(seen).toEqual(["prestashop"]);
  const found = find(cloud, subnet, "prestashop");
  expect(found.inputs).toMatchObject({ enableDhcp: false, cidr: "10.10.1.0/24" });
  expect(found.protect).toBe(true);
  expect(found.parent).toContain("lor:ovh:VRack::network");
});

test("children take the provider that the component was given, look-ups too", async () => {
  const cloud = await record(async () => {
    const elsewhere = new openstack.Provider("elsewhere", { region: "SBG5" });
    new VRack("network", args, { providers: [elsewhere] });
    return {};
  });
  const own = resourcesOf(cloud).filter((each) => each.type.startsWith("openstack:"));
  expect(own).toHaveLength(4);
  for (const each of own) expect(each.provider, each.name).toContain("pulumi:providers:openstack::elsewhere");
  expect(find(cloud, "ovh:Vrack/cloudProject:CloudProject", "vrack").provider).toBe("");
  expect(cloud.invocations.map((each) => each.provider)).toEqual([expect.stringContaining("::elsewhere")]);
});

test("the component's type token names its folder and class", async () => {
  const cloud = await record(async () => {
    new VRack("network", args);
    return {};
  });
  expect(cloud.registrations.filter((each) => !each.custom).map((each) => each.type)).toEqual(["lor:ovh:VRack"]);
});

test("the recording cloud refuses a resource and a look-up that it does not know", async () => {
  await expect(
    record(async () => {
      new openstack.compute.Flavor("unknown", { ram: 1, vcpus: 1, disk: 1 });
      return {};
    }),
  ).rejects.toThrow("openstack:compute/flavor:Flavor");
  await expect(record(async () => ({ id: openstack.compute.getFlavorOutput({ name: "b2-7" }).id }))).rejects.toThrow(
    "openstack:compute/getFlavor:getFlavor",
  );
});

import { expect, test } from "vitest";
import { find, instance, member, recordLor } from "./lor-build.ts";
import { midwayPlan, profilePlan } from "./lor-plans.ts";

test("in a chain each front's machine waits for the member before it, the extra front first", async () => {
  const cloud = await recordLor(midwayPlan(), { chain: true });
  const waitsFor = (front: string, type: string, name: string) =>
    find(cloud, instance, front).dependencies.includes(find(cloud, type, name).urn);

  expect(waitsFor("ps-2", "openstack:loadbalancer/pool:Pool", "lb")).toBe(true);
  expect(waitsFor("ps-0", member, "ps-2")).toBe(true);
  expect(waitsFor("ps-1", member, "ps-0")).toBe(true);
  expect(waitsFor("ps-2", member, "ps-0")).toBe(false);
  expect(waitsFor("ps-2", member, "ps-1")).toBe(false);
  expect(waitsFor("ps-0", member, "ps-1")).toBe(false);
});

test("a member waits for its own machine and its volume", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const dependencies = find(cloud, member, "ps-1").dependencies;
  expect(dependencies).toContain(find(cloud, instance, "ps-1").urn);
  expect(dependencies).toContain(find(cloud, "openstack:compute/volumeAttach:VolumeAttach", "ps-1-data").urn);
});

test("without a chain no front waits for another to serve, nor for the load balancer", async () => {
  const cloud = await recordLor(profilePlan("rush"), { chain: false });
  const members = ["ps-0", "ps-1", "ps-2"].map((front) => find(cloud, member, front).urn);
  const pool = find(cloud, "openstack:loadbalancer/pool:Pool", "lb").urn;
  for (const front of ["ps-0", "ps-1", "ps-2"]) {
    const { dependencies } = find(cloud, instance, front);
    expect(dependencies.filter((urn) => members.includes(urn) || urn === pool)).toEqual([]);
  }
});

test.each([
  [
    "first machines are placed one after another, so that the scheduler sees the one before",
    [],
    [
      ["ps-0", "ps-2"],
      ["ps-1", "ps-0"],
    ],
  ],
  ["machines that exist change side by side, and as many new ones are placed beside them", ["ps-0", "ps-1"], []],
  ["a new machine does not wait for those that exist, the next one does for it", ["ps-0"], [["ps-1", "ps-2"]]],
])("without a chain %s", async (_, placed, expected) => {
  const cloud = await recordLor(profilePlan("rush"), { chain: false, placed });
  const machines = new Map(["ps-0", "ps-1", "ps-2"].map((front) => [find(cloud, instance, front).urn, front]));
  const waits = [...machines].flatMap(([urn, front]) =>
    find(cloud, instance, front).dependencies.flatMap((other) =>
      other === urn ? [] : [machines.get(other)].filter((name) => name !== undefined).map((name) => [front, name]),
    ),
  );
  expect(waits).toEqual(expected);
});

test("a machine waits for its configuration document", async () => {
  const cloud = await recordLor(profilePlan("normal"), { chain: false });
  for (const server of ["ps-0", "ps-1", "odoo"]) {
    const document = find(cloud, "openstack:objectstorage/containerObject:ContainerObject", server);
    expect(find(cloud, instance, server).dependencies).toContain(document.urn);
  }
});

test("a new front serves at once, or joins drained when it is to be let in later", async () => {
  const serving = await recordLor(profilePlan("normal"));
  const drained = await recordLor(profilePlan("normal"), { joinDrained: true });
  expect(find(serving, member, "ps-1").inputs.weight).toBe(1);
  expect(find(drained, member, "ps-1").inputs.weight).toBe(0);
});

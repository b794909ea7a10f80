import { expect, test } from "vitest";
import { find, instance, member, recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

const dataHolders = [
  "openstack:blockstorage/volume:Volume odoo-data",
  "ovh:CloudProject/database:Database mysql",
  "ovh:CloudProject/database:Database postgresql",
  "ovh:CloudProject/storage:Storage copies",
  "ovh:CloudProject/storage:Storage images",
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance mysql",
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance postgresql",
];

test("what holds data is protected, and nothing else: a front must be able to go", async () => {
  const cloud = await recordLor(profilePlan("rush"));
  const protectedOnes = resourcesOf(cloud).filter((each) => each.protect);
  expect(protectedOnes.map((each) => `${each.type} ${each.name}`).sort()).toEqual(dataHolders);
  for (const engine of ["mysql", "postgresql"]) {
    expect(find(cloud, "ovh:CloudProject/database:Database", engine).inputs.deletionProtection).toBe(true);
  }
});

test("allowDataDeletion removes Pulumi's protection and the cloud's", async () => {
  const cloud = await recordLor(profilePlan("normal"), { allowDataDeletion: true });
  expect(resourcesOf(cloud).filter((each) => each.protect)).toEqual([]);
  for (const engine of ["mysql", "postgresql"]) {
    expect(find(cloud, "ovh:CloudProject/database:Database", engine).inputs.deletionProtection).toBe(false);
  }
});

test("machine and attachment are deleted before they are replaced", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  for (const type of [instance, "openstack:compute/volumeAttach:VolumeAttach"]) {
    const resources = resourcesOf(cloud, type);
    expect(resources).toHaveLength(3);
    expect(resources.filter((each) => !each.deleteBeforeReplace)).toEqual([]);
  }
});

test("a renewed image and an operated weight are no change", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  for (const each of resourcesOf(cloud, instance)) expect(each.ignoreChanges).toEqual(["imageId", "metadata"]);
  for (const each of resourcesOf(cloud, member)) expect(each.ignoreChanges).toEqual(["weight"]);
});

test("the fronts' group spreads softly: strict anti-affinity can kill a front that is resized", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const [group] = resourcesOf(cloud, "openstack:compute/serverGroup:ServerGroup");
  expect(group?.inputs.policies).toEqual(["soft-anti-affinity"]);
  for (const front of ["ps-0", "ps-1"]) {
    const hints = find(cloud, instance, front).propertyDependencies.schedulerHints;
    expect(hints).toEqual([group?.urn]);
  }
});

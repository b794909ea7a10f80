import { expect, test } from "vitest";
import { find, recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

test("both buckets keep every version, encrypted, and the images are replicated off-site without deletions", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const bucket = (name: string) => find(cloud, "ovh:CloudProject/storage:Storage", name).inputs;
  for (const name of ["images", "copies"]) {
    expect(bucket(name)).toMatchObject({
      versioning: { status: "enabled" },
      encryption: { sseAlgorithm: "AES256" },
      hideObjects: true,
    });
  }
  expect(bucket("images").regionName).toBe("GRA");
  expect(bucket("copies").regionName).toBe("SBG");
  expect(bucket("images").replication).toEqual({
    rules: [
      {
        id: "copies",
        status: "enabled",
        priority: 1,
        deleteMarkerReplication: "disabled",
        destination: { name: "lor-prod-copies", region: "SBG" },
      },
    ],
  });
  expect(bucket("copies")).not.toHaveProperty("replication");
});

test("each user reaches its own bucket only, deletes no version, and of the copies only old sets", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const statements = (name: string): { Action: string[]; Resource: string[] }[] =>
    JSON.parse(String(find(cloud, "ovh:CloudProject/s3Policy:S3Policy", name).inputs.policy)).Statement;
  for (const name of ["images", "copies"]) {
    const own = `arn:aws:s3:::lor-prod-${name}`;
    for (const { Action, Resource } of statements(name)) {
      expect(Action.filter((action) => action.includes("*") || action.includes("Version"))).toEqual([]);
      expect(Resource.filter((resource) => resource !== own && !resource.startsWith(`${own}/`))).toEqual([]);
    }
  }
  const deletable = (name: string) =>
    statements(name)
      .filter(({ Action }) => Action.includes("s3:DeleteObject"))
      .flatMap(({ Resource }) => Resource);
  expect(deletable("images")).toEqual(["arn:aws:s3:::lor-prod-images/*"]);
  expect(deletable("copies")).toEqual(["arn:aws:s3:::lor-prod-copies/sets/*"]);
});

test("a guest is told endpoint, region and credential of both buckets", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const documents = resourcesOf(cloud, "openstack:objectstorage/containerObject:ContainerObject");
  expect(documents.map((each) => each.name).sort()).toEqual(["odoo", "ps-0", "ps-1"]);
  for (const { inputs } of documents) {
    expect(JSON.parse(String(inputs.content))).toMatchObject({
      storage: {
        endpoint: "https://s3.gra.io.cloud.ovh.net",
        region: "gra",
        bucket: "lor-prod-images",
        accessKey: "access-images",
      },
      copies: {
        endpoint: "https://s3.sbg.io.cloud.ovh.net",
        region: "sbg",
        bucket: "lor-prod-copies",
        accessKey: "access-copies",
      },
    });
  }
});

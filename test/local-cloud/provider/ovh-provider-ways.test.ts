import { afterEach, beforeEach, expect, test } from "vitest";
import { TestCloud } from "./start-test-cloud.ts";

/** Ways of the real OVHcloud provider that its schema does not tell: docs/ovhcloud-api.md. */
let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.close());

/** Creates a resource with more inputs than its landmark has; what the provider tells of it. */
async function create(key: string, more: Record<string, unknown>) {
  const { type, inputs } = cloud.landmark(key);
  const client = cloud.clientOf(type);
  const checked = await client.check(type, { ...inputs(cloud), ...more });
  if (checked.failures.length > 0) return { failures: checked.failures };
  return { ...(await client.create(type, checked.inputs)), inputs: checked.inputs, client, type };
}

test("a database user whose name is taken is taken over, without its password", async () => {
  await cloud.createBefore("postgresql user");
  const { ovhDatabases } = cloud.cloud;
  const there = ovhDatabases.createUser(cloud.id("database"), { name: "there" });
  const made = await create("postgresql user", { name: "there" });
  expect(made).toMatchObject({ id: there.id, properties: { name: "there", password: { value: "" } } });
});

test("a logical database whose name is taken is taken over", async () => {
  await cloud.createBefore("logical database");
  const there = cloud.cloud.ovhDatabases.createLogicalDatabase(cloud.id("database"), "there");
  await cloud.cloud.waitUntil(() => cloud.cloud.ovhDatabases.listLogicalDatabases(cloud.id("database")).length > 1);
  expect(await create("logical database", { name: "there" })).toMatchObject({ id: there.id });
});

test("roles of a PostgreSQL user: their order is no change, and none given changes none", async () => {
  await cloud.createBefore("postgresql user");
  const made = await create("postgresql user", { name: "roles", roles: ["replication", "other"] });
  if (!("client" in made)) throw new Error("the inputs were refused");
  const { client, type, properties, inputs } = made;
  const diff = async (roles: readonly string[] | undefined) => {
    const { roles: _, ...others } = inputs;
    const wanted = await client.check(type, { ...others, ...(roles === undefined ? {} : { roles }) });
    return !(await client.diff(type, inputs, properties, wanted.inputs)).none;
  };
  expect(await diff(["other", "replication"])).toBe(false);
  expect(await diff(undefined)).toBe(false);
  expect(await diff(["other"])).toBe(true);
});

test("a user of PostgreSQL is another resource", async () => {
  await cloud.createBefore("mysql user");
  expect(await create("mysql user", { engine: "postgresql" })).toMatchObject({ failures: [{ property: "engine" }] });
});

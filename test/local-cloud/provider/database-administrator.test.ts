import { afterAll, beforeAll, expect, test } from "vitest";
import { databaseAdministrator } from "../../../src/domain/database-administrator.ts";
import { TestCloud } from "./start-test-cloud.ts";

const key = "postgresql user";
let cloud: TestCloud;
beforeAll(async () => {
  cloud = await TestCloud.start();
  await cloud.createBefore(key);
});
afterAll(() => cloud.close());

/** Creates and deletes the resource of a service's own administrator; what the provider tells of it. */
async function comeAndGo(more: Record<string, string>) {
  const { type, inputs } = cloud.landmark(key);
  const client = cloud.clientOf(type);
  const checked = await client.check(type, { ...inputs(cloud), name: databaseAdministrator, ...more });
  expect(checked.failures).toEqual([]);
  const { id, properties } = await client.create(type, checked.inputs);
  await client.delete(type, id, properties);
  return { id, password: properties.password };
}

function logins() {
  return cloud.cloud.ovhDatabases.logins(cloud.id("database")).map(({ name, password }) => ({ name, password }));
}

test("a service's own administrator is found instead of created, told no password, and left", async () => {
  const before = logins();
  expect(before.map(({ name }) => name)).toContain(databaseAdministrator);
  expect((await comeAndGo({})).password).toBeUndefined();
  expect(logins()).toEqual(before);
});

test("its password is told when it is reset", async () => {
  const before = logins();
  const { password: secret } = await comeAndGo({ passwordReset: "1" });
  const { value: password } = secret as { readonly value: string };
  expect(password).toMatch(/^[A-Za-z0-9]{24}$/);
  expect(logins()).toEqual(before.map((one) => (one.name === databaseAdministrator ? { ...one, password } : one)));
});

import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import { ProviderMethods } from "../../../src/local-cloud/provider/provider-methods.ts";
import { type ProviderServer, serveProvider } from "../../../src/local-cloud/provider/provider-server.ts";
import type { PackageAdapters, ResourceAdapter } from "../../../src/local-cloud/provider/resource-adapter.ts";
import { ProviderClient, secretOf, unknown } from "./provider-client.ts";

const instance = "openstack:compute/instance:Instance";
const networkType = "openstack:networking/network:Network";
const database = "ovh:CloudProject/database:Database";

/** No cloud behind it: what is asked here never reaches one. */
const untouched: ResourceAdapter = {
  service: "none",
  inputs: Object.keys(catalogue.openstack.resources[instance]?.inputs ?? {}).filter((name) => name !== "configDrive"),
  create: () => Promise.reject(new Error("not in this test")),
  read: () => Promise.reject(new Error("not in this test")),
  delete: () => Promise.reject(new Error("not in this test")),
};
const every = (name: "openstack" | "ovh"): PackageAdapters => ({
  resources: Object.fromEntries(
    Object.entries(catalogue[name].resources).map(([token, type]) => [
      token,
      token === instance ? untouched : { ...untouched, inputs: Object.keys(type.inputs) },
    ]),
  ),
  functions: {},
});
const nothing = { perform: () => Promise.reject(new Error("no call reaches the cloud here")) };

let servers: ProviderServer[];
let openstack: ProviderClient;
let ovh: ProviderClient;

beforeAll(async () => {
  servers = [
    await serveProvider(new ProviderMethods(catalogue.openstack, every("openstack"), nothing)),
    await serveProvider(new ProviderMethods(catalogue.ovh, every("ovh"), nothing)),
  ];
  openstack = new ProviderClient(servers[0]?.port ?? 0);
  ovh = new ProviderClient(servers[1]?.port ?? 0);
});
afterAll(() => {
  for (const client of [openstack, ovh]) client.close();
  for (const server of servers) server.close();
});

test("the provider says the SDK's version, so that the engine does not warn", async () => {
  expect(await openstack.version()).toBe("3.15.2");
  expect(await ovh.version()).toBe("2.19.1");
});

test("secrets and previews are accepted", async () => {
  const response = await openstack.configure({});
  expect(response.getAcceptsecrets()).toBe(true);
  expect(response.getSupportspreview()).toBe(true);
});

describe("check", () => {
  const tokens = [
    ...Object.entries(catalogue.openstack.resources).map(([token, type]) => ({ name: "openstack", token, type })),
    ...Object.entries(catalogue.ovh.resources).map(([token, type]) => ({ name: "ovh", token, type })),
  ];

  test.each(tokens)(
    "$token names an input that it does not have, and every one that is missing",
    async ({ name, token, type }) => {
      const { failures } = await (name === "ovh" ? ovh : openstack).check(token, { colour: "blue" });
      const required = Object.entries(type.inputs)
        .filter(([, property]) => property.required)
        .map(([input]) => input);
      expect(failures.map((failure) => failure.property).sort()).toEqual(["colour", ...required].sort());
      expect(failures.find((failure) => failure.property === "colour")?.reason).toContain(
        `${token} has no input 'colour'`,
      );
    },
  );

  test("an unknown nested input and a wrong type are named by their path", async () => {
    const { failures } = await openstack.check(instance, { networks: [{ port: "p" }, { prot: "p" }], metadata: 3 });
    expect(failures.map((failure) => failure.property).sort()).toEqual(["metadata", "networks[1].prot"]);
    expect(failures.find((failure) => failure.property === "metadata")?.reason).toContain(
      "is a number, a map is accepted",
    );
  });

  test("values that are not known yet pass", async () => {
    const { failures } = await ovh.check(database, {
      engine: "mysql",
      flavor: unknown,
      plan: "essential",
      version: "8",
      nodes: unknown,
    });
    expect(failures).toEqual([]);
  });

  test("defaults of the provider are filled in, but those that are false", async () => {
    const { inputs } = await openstack.check(instance, { name: "x", networks: [{ port: "p" }] });
    expect(inputs).toEqual({ name: "x", powerState: "active", networks: [{ port: "p" }] });
  });

  test("a secret stays one, in the state and in a nested value", async () => {
    const { inputs, failures } = await openstack.check(instance, {
      name: "x",
      adminPass: "clear",
      userData: secretOf("#!/bin/sh"),
      metadata: { key: secretOf("k") },
    });
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({
      adminPass: secretOf("clear"),
      userData: secretOf("#!/bin/sh"),
      metadata: { key: secretOf("k") },
    });
  });

  test("an input that the local cloud does not act on is refused, not ignored", async () => {
    const { failures } = await openstack.check(instance, { name: "x", configDrive: true });
    expect(failures).toEqual([
      { property: "configDrive", reason: `${instance}: the local cloud does not model the input 'configDrive'` },
    ]);
  });

  test("a resource without a name gets one, and keeps it", async () => {
    const first = await openstack.check(networkType, {}, {}, "private");
    expect(first.inputs.name).toMatch(/^private-[0-9a-f]{7}$/);
    const second = await openstack.check(networkType, {}, { name: "private-0123456" }, "private");
    expect(second.inputs.name).toBe("private-0123456");
  });

  test("an unsupported type is an error that names it", async () => {
    await expect(openstack.check("openstack:dns/zone:Zone", {})).rejects.toThrow(
      /openstack:dns\/zone:Zone: the local cloud does not support this resource type; it supports: .*Instance/,
    );
    await expect(openstack.invoke("openstack:dns/getZone:getZone", {})).rejects.toThrow(
      /does not support this function/,
    );
  });
});

/** The provider keeps user data as its SHA-1. */
const sha1 = (text: string) => createHash("sha1").update(text).digest("hex");

/** What a server's state has besides. */
const defaults = { forceDelete: false, stopBeforeDestroy: false };

describe("diff", () => {
  test("a flavor changes in place, user data makes a new machine", async () => {
    const inputs = { name: "lor-ps-0", flavorName: "b2-7-flex", userData: "a" };
    const state = { ...inputs, ...defaults, userData: sha1("a") };
    const flavor = await openstack.diff(instance, inputs, state, { ...inputs, flavorName: "b2-15-flex" });
    expect(flavor).toMatchObject({ diffs: ["flavorName"], replaces: [], paths: ["flavorName"], none: false });
    const userData = await openstack.diff(instance, inputs, state, { ...inputs, userData: "b" });
    expect(userData).toMatchObject({ replaces: ["userData"], deleteBeforeReplace: true });
  });

  test("what the provider computed is no change when it is left out", async () => {
    const inputs = { name: "n", networks: [{ port: "p" }] };
    const state = {
      ...inputs,
      availabilityZone: "nova",
      accessIpV4: "10.10.1.10",
      networks: [{ port: "p", uuid: "net", mac: "fa:16", name: "private" }],
    };
    expect(await openstack.diff(instance, inputs, state, inputs)).toMatchObject({ none: true, paths: [] });
  });

  test("another port in the same place replaces, by its path", async () => {
    const inputs = { name: "n", networks: [{ port: "p" }] };
    const state = { ...inputs, ...defaults };
    const result = await openstack.diff(instance, inputs, state, { name: "n", networks: [{ port: "q" }] });
    expect(result).toMatchObject({ diffs: ["networks"], replaces: ["networks"], paths: ["networks[0].port"] });
  });

  test("a value that is not known yet is a change, and replaces where a change would", async () => {
    const inputs = { name: "n", imageId: "i", userData: "a" };
    const state = { ...inputs, ...defaults };
    const result = await openstack.diff(instance, inputs, state, { name: "n", imageId: unknown, userData: unknown });
    expect(result).toMatchObject({ diffs: ["imageId", "userData"], replaces: ["userData"] });
  });

  test("ignored changes are no changes", async () => {
    const inputs = { name: "n", imageId: "i" };
    expect(await openstack.diff(instance, inputs, inputs, { name: "n", imageId: "j" }, ["imageId"])).toMatchObject({
      none: true,
    });
  });

  test("empty and absent are the same, and so are two orders of a set", async () => {
    const port = "openstack:networking/port:Port";
    const inputs = { name: "p", networkId: "n", securityGroupIds: ["a", "b"] };
    const state = { ...inputs, description: "", tags: [] };
    expect(await openstack.diff(port, inputs, state, { ...inputs, securityGroupIds: ["b", "a"] })).toMatchObject({
      none: true,
    });
    const result = await openstack.diff(port, inputs, state, { ...inputs, securityGroupIds: ["b", "c"] });
    expect(result).toMatchObject({ diffs: ["securityGroupIds"], replaces: [] });
  });

  test("a secret that did not change is no change", async () => {
    const old = { name: "n", userData: secretOf("a") };
    const state = { name: "n", userData: secretOf(sha1("a")) };
    expect(await openstack.diff(instance, old, state, { name: "n", userData: "a" })).toMatchObject({ none: true });
    expect(await openstack.diff(instance, old, {}, { name: "n", userData: "a" })).toMatchObject({ none: true });
  });

  test("a machine in ERROR is no wish to start it", async () => {
    const inputs = { name: "n", powerState: "active" };
    const state = { name: "n", powerState: "error" };
    expect(await openstack.diff(instance, inputs, state, inputs)).toMatchObject({ none: true });
    const stopped = { name: "n", ...defaults, powerState: "shutoff" };
    expect(await openstack.diff(instance, inputs, stopped, inputs)).toMatchObject({ diffs: ["powerState"] });
  });

  test("nothing and false are no change, and one of those that differ beside another change", async () => {
    const group = "openstack:networking/secGroup:SecGroup";
    const wanted = { name: "g", deleteDefaultRules: false };
    expect(await openstack.diff(group, { name: "g" }, { name: "g" }, wanted)).toMatchObject({ none: true, diffs: [] });
    expect(await openstack.diff(group, { name: "f" }, { name: "f" }, wanted)).toMatchObject({
      diffs: ["name", "deleteDefaultRules"],
      replaces: ["deleteDefaultRules"],
    });
    // A default that is false, too.
    const container = "openstack:objectstorage/container:Container";
    expect(await openstack.diff(container, {}, { name: "c" }, { name: "c" })).toMatchObject({ none: true });
    expect((await openstack.diff(container, {}, { name: "b" }, { name: "c" })).diffs).toContain("forceDestroy");
  });

  test("a database takes another plan in place and another number of nodes with it, which it does not move", async () => {
    const node = { region: "GRA", networkId: "n1", subnetId: "s" };
    const inputs = { engine: "mysql", version: "8", plan: "essential", flavor: "db1-4", nodes: [node] };
    const plan = await ovh.diff(database, inputs, inputs, { ...inputs, plan: "business", nodes: [node, node] });
    expect(plan).toMatchObject({ diffs: ["nodes", "plan"], replaces: [] });
    const moved = await ovh.diff(database, inputs, inputs, { ...inputs, nodes: [{ ...node, networkId: "n2" }] });
    // The real provider means to replace it, and plans a change in place that does nothing: BEHAVIOUR.md of the databases.
    expect(moved).toMatchObject({ replaces: [], paths: ["nodes[0].networkId"] });
  });

  test("a name that the provider chose lets the new resource come first, a chosen one does not", async () => {
    const inputs = { name: "it-0123456", valueSpecs: { a: "1" } };
    const automatic = await openstack.diff(networkType, inputs, inputs, { ...inputs, valueSpecs: { a: "2" } });
    expect(automatic).toMatchObject({ replaces: ["valueSpecs"], deleteBeforeReplace: false });
    const chosen = await openstack.diff(
      networkType,
      { ...inputs, name: "lor" },
      { ...inputs, name: "lor" },
      { name: "lor", valueSpecs: { a: "2" } },
    );
    expect(chosen.deleteBeforeReplace).toBe(true);
  });
});

describe("preview", () => {
  test("shows inputs, and unknown for all that only the cloud tells", async () => {
    const { id, properties } = await openstack.create(
      instance,
      { name: "n", userData: secretOf("a") },
      { preview: true },
    );
    expect(id).toBe("");
    expect(properties).toMatchObject({
      name: "n",
      userData: secretOf(sha1("a")),
      accessIpV4: unknown,
      created: unknown,
    });
    expect(properties.keyPair).toBeUndefined();
  });

  test("of an update keeps what is known", async () => {
    const olds = { name: "n", flavorName: "a", accessIpV4: "10.10.1.10" };
    const shown = await openstack.update(instance, "id", olds, { name: "n", flavorName: "b" }, { preview: true });
    expect(shown).toMatchObject({ flavorName: "b", accessIpV4: "10.10.1.10" });
  });
});

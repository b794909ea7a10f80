import { unknownCheckingProxy } from "@pulumi/policy";
import { expect, test } from "vitest";
import { recordLor } from "../components/lor-build.ts";
import { midwayPlan, profilePlan } from "../components/lor-plans.ts";
import type { Registration } from "../components/recording-cloud.ts";
import { judgeRecorded } from "./recorded-stack.ts";

const database = "ovh:CloudProject/database:Database";
const port = "openstack:networking/port:Port";
const instance = "openstack:compute/instance:Instance";
const volume = "openstack:blockstorage/volume:Volume";
const serverGroup = "openstack:compute/serverGroup:ServerGroup";
const member = "openstack:loadbalancer/member:Member";

/** One resource of the rush, with some of its registration changed. */
function changing(type: string, name: string, change: (each: Registration) => Partial<Registration>) {
  let found = 0;
  const changed = (each: Registration): Registration => {
    if (each.type !== type || each.name !== name) return each;
    found += 1;
    return { ...each, ...change(each) };
  };
  return { changed, times: () => found };
}

const inputs = (more: Readonly<Record<string, unknown>>) => (each: Registration) => ({
  inputs: { ...each.inputs, ...more },
});
const unprotected = () => ({ protect: false });
const independent = (property: string) => (each: Registration) => ({
  propertyDependencies: { ...each.propertyDependencies, [property]: [] },
});

test.each(["normal", "rush"] as const)("what is built for %s violates no policy of the pack", async (profile) => {
  expect(judgeRecorded(await recordLor(profilePlan(profile)))).toEqual([]);
});

test("neither does a state in the middle of a switch", async () => {
  expect(judgeRecorded(await recordLor(midwayPlan()))).toEqual([]);
});

test("what was released violates the protection, everywhere", async () => {
  expect(judgeRecorded(await recordLor(profilePlan("normal"), { allowDataDeletion: true }))).toEqual(
    ["copies", "images", "mysql", "mysql", "odoo-data", "postgresql", "postgresql"].map(
      (name) => `data-unprotected ${name}`,
    ),
  );
});

test.each([
  ["a bucket without protection", "ovh:CloudProject/storage:Storage", "images", unprotected, "data-unprotected images"],
  ["the filestore's volume without protection", volume, "odoo-data", unprotected, "data-unprotected odoo-data"],
  [
    "a database for everybody",
    database,
    "mysql",
    inputs({ ipRestrictions: [{ ip: "0.0.0.0/0" }] }),
    "database-public mysql",
  ],
  [
    "a database for one address of the internet",
    database,
    "postgresql",
    inputs({ ipRestrictions: [{ ip: "10.10.3.0/24" }, { ip: "9.9.9.9/32" }] }),
    "database-public postgresql",
  ],
  [
    "a database node in no private network",
    database,
    "mysql",
    inputs({ nodes: [{ region: "GRA" }] }),
    "database-public mysql",
  ],
  ["a port without a group", port, "ps-0", inputs({ securityGroupIds: [] }), "port-without-own-group ps-0"],
  [
    "a port whose groups are left out",
    port,
    "odoo",
    inputs({ securityGroupIds: undefined }),
    "port-without-own-group odoo",
  ],
  [
    "a machine on a network without a port",
    instance,
    "ps-1",
    inputs({ networks: [{ uuid: "some-network" }] }),
    "port-without-own-group ps-1",
  ],
  ["a front outside the group", instance, "ps-1", independent("schedulerHints"), "fronts-not-spread ps-1"],
] as const)("refused: %s", async (_, type, name, change, told) => {
  const { changed, times } = changing(type, name, change);
  expect(judgeRecorded(await recordLor(profilePlan("rush")), changed)).toEqual([told]);
  expect(times()).toBe(1);
});

test("refused: fronts that are kept together", async () => {
  const { changed } = changing(serverGroup, "prestashop", inputs({ policies: ["affinity"] }));
  expect(judgeRecorded(await recordLor(profilePlan("rush")), changed)).toEqual(
    ["ps-0", "ps-1", "ps-2"].map((front) => `fronts-not-spread ${front}`),
  );
});

test("refused: a pool of one member; two are enough", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const { changed } = changing(member, "ps-1", independent("poolId"));
  expect(judgeRecorded(cloud, changed)).toEqual(["fronts-too-few lb"]);
});

test("a front's volume holds nothing that is nowhere else", async () => {
  const { changed, times } = changing(volume, "ps-0-data", unprotected);
  expect(judgeRecorded(await recordLor(profilePlan("normal")), changed)).toEqual([]);
  expect(times()).toBe(1);
});

test("a first preview can be judged: what is only known later is not read", async () => {
  // The SDK's sentinel of a text that is not known yet; its proxy throws when one is read.
  const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
  const hide = (value: unknown): unknown => {
    if (typeof value === "string") return /^openstack:|^ovh:/.test(value) ? unknown : value;
    if (Array.isArray(value)) return value.map(hide);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, hide(inner)]));
  };
  const hidden = (each: Registration): Registration => ({
    ...each,
    inputs: hide(each.inputs) as Registration["inputs"],
  });
  const cloud = await recordLor(profilePlan("rush"));
  const seen = cloud.registrations
    .filter((each) => each.type === port)
    .map((each) => hidden(each).inputs.securityGroupIds);
  expect(seen).toEqual([[unknown], [unknown], [unknown], [unknown]]);
  const proxied = (each: Registration): Registration => ({
    ...each,
    inputs: unknownCheckingProxy(hidden(each).inputs as never),
  });
  expect(judgeRecorded(cloud, proxied)).toEqual([]);
});

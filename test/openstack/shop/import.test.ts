import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ImportedResource } from "../../../src/actions/import/import-proposal.ts";
import { nothing } from "../cloud.ts";
import { Shop } from "./shop.ts";

/** A shop that was made with the `openstack` client, without user data, documents or passwords of this program. */
let shop: Shop;
let picture: unknown;

interface ImportDocument {
  readonly changed: boolean;
  readonly seconds: number;
  readonly resources: readonly ImportedResource[];
}

interface StatusDocument {
  readonly profile: string;
  readonly fronts: readonly { readonly name: string; readonly flavor: string; readonly pool: string }[];
}

beforeAll(async () => {
  shop = await Shop.open("import");
  // Of OVHcloud's own half it has the private network; databases and buckets are still to be made.
  const began = performance.now();
  await shop.joinVrack("pn-1000000");
  const lines = await shop.byHand("make", shop.certificate);
  console.log(`  made by hand: ${((performance.now() - began) / 1000).toFixed(0)} s`);
  writeFileSync(join(shop.folder, "map.yaml"), lines);
  writeFileSync(
    join(shop.folder, "secrets.yaml"),
    [
      'RandomPassword prestashop-cookieKey: "the-key-of-a-shop-that-was-made-by-hand-0123456789"',
      'RandomPassword odoo-masterPassword: "the-master-password-of-an-odoo-0123456789"',
      'RandomPassword odoo-adminPassword: "the-admin-password-of-an-odoo-0123456789"',
    ].join("\n"),
  );
  picture = await shop.cloud.picture();
}, 900_000);

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run("destroy", "--yes", "--in-freeze", "--with-data");
  await shop?.byHand("remove");
  expect(await shop?.cloud.count()).toEqual(nothing);
  await shop?.close();
}, 900_000);

const files = () => ["--map", join(shop.folder, "map.yaml"), "--secrets", join(shop.folder, "secrets.yaml")];

test("without its secrets it is not taken in", async () => {
  const run = await shop.run("import", "--yes", ...files().slice(0, 2));
  expect(run, run.stderr).toMatchObject({ code: 3, stderr: expect.stringContaining("[import-secret-unknown]") });
});

test("it is taken in, and OpenStack has it as it was, to the second of its last change", async () => {
  const { changed, resources, seconds } = await shop.json<ImportDocument>("import", "--yes", ...files());
  console.log(`  import: ${seconds.toFixed(1)} s`);
  expect(changed).toBe(true);
  const missing = resources.filter((one) => one.verdict === "missing" && one.type.startsWith("openstack:"));
  expect(missing.map(({ type, name }) => `${type.split(":").at(-1)} ${name}`).toSorted()).toEqual([
    "Container configuration",
    "ContainerObject odoo",
    "ContainerObject ps-0",
    "ContainerObject ps-1",
  ]);
  const server = resources.find((one) => one.type.endsWith(":Instance") && one.name === "ps-0");
  expect(server).toMatchObject({ verdict: "found", writeOnlyInputs: expect.arrayContaining(["userData"]) });
  expect(await shop.cloud.picture()).toEqual(picture);
  expect(await shop.json<ImportDocument>("import", "--yes")).toMatchObject({ changed: false });
});

test("nothing of it would be changed: what differs is only what is not there yet, and `up` makes that", async () => {
  const { changes } = await shop.json<{ changes: readonly { kind: string; type: string; name: string }[] }>("preview");
  const notCreated = changes.filter((one) => one.kind !== "create").map((one) => `${one.kind} ${one.type} ${one.name}`);
  expect(notCreated).toEqual([]);
  await shop.json("up", "--yes", "--in-freeze");
  expect(await shop.cloud.picture()).toEqual(picture);
});

test("then it goes into rush, on the servers that were made by hand", async () => {
  const ids = async () => {
    const { servers } = await shop.cloud.everything();
    return new Map(servers.map((one) => [String(one.name), one.id]));
  };
  const before = await ids();
  await shop.json("rush", "--yes", "--in-freeze");
  const after = await ids();
  for (const [name, id] of before) expect(after.get(name), name).toBe(id);
  expect(after.size).toBe(before.size + 1);
  const { profile, fronts } = await shop.json<StatusDocument>("status");
  expect(profile).toBe("rush");
  expect(fronts.map(({ name, flavor, pool }) => [name, flavor, pool])).toEqual(
    ["ps-0", "ps-1", "ps-2"].map((name) => [name, "b2-15", "serving"]),
  );
});

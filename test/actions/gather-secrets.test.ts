import { afterEach, beforeEach, expect, it } from "vitest";
import { resourceKey } from "../../src/core/resource-key.ts";
import { gatherSecrets } from "../../src/stack/gather-secrets.ts";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { planProfile } from "../../src/systems/project-plan.ts";
import { FakeStack } from "./fake-stack.ts";

const cookieKey = "random:index/randomPassword:RandomPassword prestashop-cookieKey";
const mysql = "ovh:CloudProjectDatabase/user:User mysql";
const front = "openstack:compute/instance:Instance ps-1";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

interface Facts {
  readonly there?: readonly string[];
  readonly known?: readonly string[];
  readonly given?: Readonly<Record<string, string>>;
  readonly documents?: Readonly<Record<string, unknown>>;
  readonly key?: string;
}

async function gather({ there = [], known = [], given = {}, documents = {}, key }: Facts) {
  const base = stack.context();
  const containers = {
    addressKey: async () => key,
    list: async () => [],
    read: async (_: unknown, name: string) => documents[name],
  };
  const context: StackContext = { ...base, clients: { ...base.clients, containers } };
  const gathered = await gatherSecrets(context, planProfile(context.project, "normal"), {
    there: new Set(there),
    known: new Set(known),
    given: new Map(Object.entries(given)),
  });
  return Object.fromEntries(gathered.map(({ secret, from, value }) => [resourceKey(secret), [from, value]]));
}

it("reads them where any machine fetches them, before it believes a person", async () => {
  const document = { database: { password: "from-document" }, secrets: { cookieKey: "key-from-document" } };
  const facts = await gather({
    there: [front, mysql],
    documents: { "guests/ps-1.json": document },
    given: { [mysql]: "from-file" },
    key: "address-key",
  });
  expect(facts).toMatchObject({
    [mysql]: ["cloud", "from-document"],
    [cookieKey]: ["cloud", "key-from-document"],
    "random:index/randomPassword:RandomPassword configuration": ["cloud", "address-key"],
  });
});

it("believes a person, and makes new ones only where nobody uses the old", async () => {
  expect(await gather({ there: [front, mysql], given: { [mysql]: "from-file" } })).toMatchObject({
    [mysql]: ["file", "from-file"],
    [cookieKey]: ["unknown", undefined],
    "random:index/randomPassword:RandomPassword odoo-masterPassword": ["new", undefined],
  });
});

it("asks for nothing that the state has", async () => {
  expect(await gather({ there: [front], known: [cookieKey] })).not.toHaveProperty([cookieKey]);
});

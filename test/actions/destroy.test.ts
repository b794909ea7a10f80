import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { destroy } from "../../src/actions/destroy/destroy.ts";
import { recover } from "../../src/actions/recover/recover.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { status } from "../../src/actions/status/status.ts";
import { up } from "../../src/actions/up/up.ts";
import { FakeStack } from "./fake-stack.ts";
import type { Trouble } from "./fake-world.ts";

const instance = "openstack:compute/instance:Instance";
const database = "ovh:CloudProject/database:Database";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.world.watch();
  stack.engine.runs.length = 0;
});
afterEach(() => stack.dispose());

function run(withData = true) {
  return destroy(stack.context(), { withData, confirm: stack.confirm });
}

describe("destroy", () => {
  it("leaves a stack alone that holds data, and lists it", async () => {
    const refused = run(false);
    await expect(refused).rejects.toMatchObject({ code: "destroy-holds-data", exit: 3 });
    await expect(refused).rejects.toMatchObject({ seen: expect.stringContaining("mysql") });
    expect(stack.world.journal).toEqual([]);
  });

  it("shows what is lost, keeps a copy of the state, gives the protection up and deletes everything", async () => {
    const result = await run();
    const asked = stack.proposals.at(-1);
    expect(asked?.operation).toBe("destroy");
    expect(asked?.lost.map((one) => one.name)).toEqual(expect.arrayContaining(["mysql", "postgresql", "images"]));
    expect(stack.engine.runs).toEqual(["up", "destroy"]);
    expect([...stack.world.existing]).toEqual([]);
    expect(existsSync(result.backup ?? "")).toBe(true);
    expect((await run()).deleted).toEqual([]);
  });

  it("lists what goes in the order of the Plan, what holds data first, whatever the order of the state", async () => {
    stack.engine.state = new Map([...stack.engine.state].reverse());
    const { deleted, lost } = await run();
    expect(deleted.slice(0, lost.length)).toEqual(lost);
    expect(lost.map(({ name, type }) => `${type.split(":").at(-1)} ${name}`)).toEqual([
      "Storage copies",
      "Storage images",
      "Database mysql",
      "DatabaseInstance mysql",
      "Database postgresql",
      "DatabaseInstance postgresql",
      "Volume odoo-data",
    ]);
  });

  it.each([
    { at: `delete ${database} mysql`, effect: "die-after" },
    { at: `delete ${instance} ps-0`, effect: "die-after" },
    { at: `delete ${instance} odoo`, effect: "die-before" },
    { at: `delete ${instance} odoo`, effect: "drop-after-accept" },
  ] satisfies Trouble[])("that is cut at `$at` ($effect) converges", async (trouble) => {
    stack.order(trouble);
    await Promise.race([run().catch(() => undefined), stack.world.untilCrash()]);
    await run();
    expect([...stack.world.existing]).toEqual([]);
  });

  it("that was cut after the last deletion in the cloud leaves nothing in the state either", async () => {
    const { engine, world } = stack;
    for (const map of [engine.state, world.existing, world.servers, world.members]) map.clear();
    engine.runs.length = 0;
    expect((await run()).deleted).toEqual([]);
    expect(engine.runs).toEqual(["destroy"]);
    expect(engine.recorded).toEqual({});
    expect((await status(stack.context())).unfinished).toBeUndefined();
    engine.runs.length = 0;
    await run();
    expect(engine.runs).toEqual([]);
  });

  it("finds what an interrupted creation left", async () => {
    stack.order({ at: `create ${instance} ps-2`, effect: "die-after" });
    const rush = () => switchProfile(stack.context(), { target: "rush", confirm: stack.confirm });
    expect(await stack.untilEndOrDeath(rush)).toBe("crashed");
    await run();
    expect([...stack.world.existing]).toEqual([]);
    expect(stack.world.servers.size).toBe(0);
  });

  it("completes nothing on its way out", async () => {
    const young = new FakeStack();
    young.order({ at: `create ${instance} ps-0`, effect: "die-before" });
    expect(await young.untilEndOrDeath(() => up(young.context(), { confirm: young.confirm }))).toBe("crashed");
    const created = young.world.journal.filter((event) => event.startsWith("create")).length;
    await destroy(young.context(), { withData: true, confirm: young.confirm });
    expect(young.world.journal.filter((event) => event.startsWith("create"))).toHaveLength(created);
    expect([...young.world.existing]).toEqual([]);
    young.dispose();
  });
});

describe("recover", () => {
  it("puts an interrupted resize right and tells so", async () => {
    stack.order({ at: "resize ps-0", effect: "die-in-resize" });
    await stack.untilEndOrDeath(() => switchProfile(stack.context(), { target: "rush", confirm: stack.confirm }));
    await recover(stack.context(), { confirm: stack.confirm });
    expect(stack.world.servers.get("lor-prod-ps-0")?.state).toBe("active");
    expect(stack.events).toContainEqual({ kind: "repaired", repair: "resize-confirmed", what: "ps-0" });
  });

  it("builds a sick front anew", async () => {
    stack.world.sick.add("ps-1");
    const before = stack.world.servers.get("lor-prod-ps-1")?.id;
    const result = await recover(stack.context(), { replace: "ps-1", confirm: stack.confirm });
    expect(result.steps.map((step) => step.kind)).toEqual(["remove-front", "add-front"]);
    expect(stack.world.servers.get("lor-prod-ps-1")?.id).not.toBe(before);
    expect(stack.world.serving()).toBe(2);
  });

  it("takes no healthy front that is needed, and says what is missing to replace it", async () => {
    const { normal, rush } = stack.project.settings;
    const addresses = normal.prestashop.addresses.slice(0, 2);
    const prestashop = { ...normal.prestashop, addresses };
    stack.project = { ...stack.project, settings: { normal: { ...normal, prestashop }, rush } };
    await expect(recover(stack.context(), { replace: "ps-1", confirm: stack.confirm })).rejects.toMatchObject({
      code: "no-address-for-extra-front",
      next: "add an address to prestashop.addresses in Pulumi.yaml, then lor-infra recover --replace ps-1",
    });
    expect(stack.world.serving()).toBe(2);
  });

  it("knows its fronts", async () => {
    await expect(recover(stack.context(), { replace: "ps-7", confirm: stack.confirm })).rejects.toMatchObject({
      code: "front-unknown",
      accepted: "ps-0, ps-1",
    });
  });
});

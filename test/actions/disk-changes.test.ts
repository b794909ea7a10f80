import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { preview } from "../../src/actions/preview/preview.ts";
import { planSwitch, switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { ValueChange } from "../../src/engine/port.ts";
import { diskChanges, shrinkRefusal } from "../../src/stack/disk-changes.ts";
import { FakeStack } from "./fake-stack.ts";

const database = "ovh:CloudProject/database:Database";
const volume = "openstack:blockstorage/volume:Volume";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.proposals.length = 0;
  stack.events.length = 0;
  stack.engine.runs.length = 0;
  stack.world.watch();
});
afterEach(() => stack.dispose());

/** The settings ask for another disk of MySQL. */
function resizeDisk(before: number, after: number): void {
  stack.engine.surprise = changed(database, "mysql", { path: "diskSize", before, after });
}

function changed(type: string, name: string, ...values: readonly ValueChange[]) {
  const changedProperties = values.map((one) => one.path);
  const urn = `urn:pulumi:prod::lor::${type}::${name}`;
  return { urn, type, name, change: "update", changedProperties, replacingProperties: [], values } as const;
}

const warnings = () => stack.events.flatMap((one) => (one.kind === "warning" ? [`${one.code}: ${one.message}`] : []));

describe("a disk that would shrink", () => {
  const refusal = {
    code: "disk-cannot-shrink",
    exit: 3,
    path: "mysql.disk",
    seen: "80 GB",
    accepted: "240 GB or more",
    next: "undo the change of mysql.disk, then lor-infra preview",
  };

  it.each(["up", "rush", "rush --plan"])("is refused by %s before anything is approved or changed", async (command) => {
    resizeDisk(240, 80);
    const run = {
      up: () => up(stack.context(), { confirm: stack.confirm }),
      rush: () => switchProfile(stack.context(), { target: "rush", confirm: stack.confirm }),
      "rush --plan": () => planSwitch(stack.context(), "rush"),
    }[command];
    await expect(run?.()).rejects.toMatchObject(refusal);
    expect(stack.proposals).toEqual([]);
    expect(stack.engine.runs).not.toContain("up");
    expect(stack.world.journal).toEqual([]);
  });

  it("is refused by a switch that could not see it ahead", async () => {
    resizeDisk(240, 80);
    const seen = stack.engine.preview.bind(stack.engine);
    let previews = 0;
    stack.engine.preview = async (...args) => {
      previews += 1;
      if (previews === 1) throw new Error("connection lost");
      return await seen(...args);
    };
    await expect(switchProfile(stack.context(), { target: "rush", confirm: stack.confirm })).rejects.toMatchObject(
      refusal,
    );
    expect(stack.engine.runs).not.toContain("up");
  });

  it("is named by preview, with the same code and next command", async () => {
    resizeDisk(240, 80);
    const { stop, disks, differs } = await preview(stack.context(), {});
    expect(stop).toEqual({
      kind: "stopped",
      code: refusal.code,
      reason: "mysql.disk: the disk of mysql has 240 GB and cannot shrink to 80 GB: the cloud only enlarges it",
      next: refusal.next,
    });
    expect(disks).toEqual([
      { name: "mysql", type: database, setting: "mysql.disk", before: 240, after: 80, unit: "GB" },
    ]);
    expect(differs).toBe(true);
    expect(warnings()).toEqual([]);
  });
});

describe("a disk that grows", () => {
  const warning = "disk-never-shrinks: mysql.disk: the disk of mysql grows from 80 to 240 GB and cannot shrink again";

  it("is warned of by preview", async () => {
    resizeDisk(80, 240);
    expect((await preview(stack.context(), {})).stop).toBeUndefined();
    expect(warnings()).toEqual([warning]);
  });

  it("is warned of by up before the approval", async () => {
    resizeDisk(80, 240);
    await expect(up(stack.context(), { confirm: async () => false })).rejects.toMatchObject({ code: "not-approved" });
    expect(warnings()).toEqual([warning]);
  });
});

describe("the setting that is named", () => {
  it.each([
    [changed(database, "postgresql", { path: "diskSize", before: 240, after: 80 }), "postgresql.disk"],
    [changed(volume, "ps-0-data", { path: "size", before: 200, after: 100 }), "prestashop.disk"],
    [changed(volume, "odoo-data", { path: "size", before: 200, after: 100 }), "odoo.disk"],
  ])("is that of the resource", (change, path) => {
    expect(shrinkRefusal(diskChanges(stack.project, [change]))?.path).toBe(path);
  });

  it("is none of what is no disk, or begins with a new one", () => {
    const other = changed(database, "mysql", { path: "version", before: 9, after: 8 });
    const unknown = changed(volume, "odoo-data", { path: "size", before: 200, after: "(known after the change)" });
    const replaced = {
      ...changed(volume, "odoo-data", { path: "size", before: 2, after: 1 }),
      change: "replace" as const,
    };
    expect(diskChanges(stack.project, [other, unknown, replaced])).toEqual([]);
  });
});

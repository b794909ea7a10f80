import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import { Duration } from "../../src/core/duration.ts";
import type { Profile } from "../../src/domain/profile.ts";
import type { ReturnTask } from "../../src/rolling/scale-down-hooks.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;

const task = (name: string, program = "dump"): ReturnTask => ({
  name,
  command: [program, "--all"],
  timeLimit: Duration.parse("PT30M"),
  object: `before-normal/${name}`,
});

beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  await go("rush");
  stack.world.watch();
});
afterEach(() => stack.dispose());

function go(target: Profile) {
  return switchProfile(stack.context(), { target, confirm: stack.confirm });
}

function ask(...tasks: readonly ReturnTask[]): void {
  const { normal, rush } = stack.project.settings;
  const hooks = { beforeScaleDown: { tasks } };
  const settings = { normal: { ...normal, hooks }, rush: { ...rush, hooks } };
  stack.project = { ...stack.project, settings };
}

function logs(): readonly string[] {
  const { logs: folder } = stack.context().folder;
  return readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
}

const doneTasks = () => stack.world.journal.filter((event) => event.startsWith("task "));

describe("what is kept before the way back", () => {
  it("is done in order before any front is touched, and what it left is told", async () => {
    ask(task("shop-dump"), task("orders"));
    const { tasks } = await go("normal");
    expect(stack.world.journal.slice(0, 3)).toEqual(["task shop-dump", "task orders", "drain ps-0"]);
    expect(tasks).toMatchObject([
      { task: "shop-dump", object: "before-normal/shop-dump", bytes: 1000, earlier: false },
      { task: "orders", bytes: 1000, earlier: false },
    ]);
  });

  it("is done on each way back anew, neither on the way into rush nor when the stack is in normal already", async () => {
    ask(task("shop-dump"));
    await go("normal");
    await go("rush");
    await go("normal");
    await go("normal");
    expect(stack.started).toHaveLength(2);
  });

  it("is told names and addresses, an address to put the object to, and no secret of ours but that", async () => {
    ask(task("shop-dump"));
    await go("normal");
    expect(stack.started[0]).toMatchObject({
      PATH: "/bin",
      LOR_TASK: "shop-dump",
      LOR_FRONT: "10.10.1.10",
      LOR_FRONTS: "10.10.1.10 10.10.1.11",
      LOR_ODOO: "10.10.3.10",
      LOR_MYSQL_DATABASE: "prestashop",
      LOR_POSTGRESQL_USER: "odoo",
      LOR_BUCKET: "lor-prod-copies",
      LOR_BUCKET_REGION: "SBG",
      LOR_OBJECT: "before-normal/shop-dump",
      LOR_UPLOAD_URL: expect.stringContaining("X-Amz-Signature"),
    });
    expect(stack.started[0]).not.toHaveProperty("PULUMI_CONFIG_PASSPHRASE");
  });

  it("has its output in a log without the secrets of the run", async () => {
    ask(task("shop-dump"));
    await go("normal");
    const [log] = logs();
    expect(log).toMatch(/^\S+Z shop-dump begins\ndump says \[secret\], and .*\n\S+Z it ended with code 0\n$/);
    expect(log).not.toContain("planted");
    const journal = JSON.stringify(await stack.context().state.journal.entries());
    expect(journal).toContain('"task-done"');
    expect(journal).not.toContain("planted");
    expect(JSON.stringify(stack.events)).not.toContain("planted");
  });
});

describe("a task that goes wrong keeps the fronts large", () => {
  it.each([
    ["its command fails", "dump", "task-failed", 1, "it ended with code 1"],
    ["it leaves nothing", "idle", "task-result-missing", 3, "it is not there"],
    ["it leaves nothing in it", "empty", "task-result-missing", 3, "it is empty"],
    ["what is there is old", "stale", "task-result-missing", 3, "before the task began"],
  ])("%s", async (_, program, code, exit, says) => {
    ask(task("orders", program));
    if (program === "dump") stack.order({ at: "task orders", effect: "fail" });
    const failed = go("normal");
    await expect(failed).rejects.toMatchObject({
      code,
      exit,
      path: "hooks.beforeScaleDown.tasks",
      next: expect.stringContaining("lor-infra normal"),
    });
    await expect(failed).rejects.toThrow(says);
    expect(stack.moments.filter((event) => !event.startsWith("task "))).toEqual([]);
    expect(stack.world.serving()).toBe(3);
  });

  it("an object that was there before, and was left as it was, is no result", async () => {
    ask(task("orders"));
    await go("normal");
    await go("rush");
    await stack.clock.sleep(2 * 3_600_000);
    const kept = stack.world.objects.get("before-normal/orders");
    if (kept === undefined) throw new Error("no object");
    // As new as can be, but of before.
    stack.world.objects.set("before-normal/orders", { ...kept, lastModified: stack.clock.now() });
    ask(task("orders", "idle"));
    await expect(go("normal")).rejects.toMatchObject({ code: "task-result-missing" });
  });
});

describe("the same command again", () => {
  it("does only what is not done", async () => {
    ask(task("shop-dump"), task("orders"), task("invoices"));
    stack.order({ at: "task orders", effect: "fail" });
    await expect(go("normal")).rejects.toMatchObject({ code: "task-failed" });
    const { tasks } = await go("normal");
    expect(doneTasks()).toEqual(["task shop-dump", "task orders", "task invoices"]);
    expect(tasks.map(({ task: name, earlier }) => [name, earlier])).toEqual([
      ["shop-dump", true],
      ["orders", false],
      ["invoices", false],
    ]);
  });

  it.each([
    { at: "task orders", effect: "die-before" },
    { at: "task orders", effect: "die-after" },
    { at: "drain ps-0", effect: "die-after" },
    { at: "resize ps-1", effect: "die-in-resize" },
    { at: "delete openstack:compute/instance:Instance ps-2", effect: "die-after" },
  ] as const)("killed at `$at` ($effect): converges, and a dump that is done is not made twice", async (trouble) => {
    ask(task("shop-dump"), task("orders"));
    stack.order(trouble);
    expect(await stack.untilEndOrDeath(() => go("normal"))).toBe("crashed");
    await go("normal");
    expect(stack.engine.recorded).toMatchObject({ profile: "normal" });
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
    expect(stack.started.filter((env) => env.LOR_TASK === "shop-dump")).toHaveLength(1);
    expect(stack.started.filter((env) => env.LOR_TASK === "orders")).toHaveLength(trouble.at === "task orders" ? 2 : 1);
  });

  it.each([
    ["it is older than the data that may be lost", async () => await stack.clock.sleep(61 * 60_000)],
    ["its object is gone", async () => void stack.world.objects.clear()],
    ["its command is another one", async () => ask(task("orders", "other"))],
  ] as [string, () => Promise<void>][])("does a task anew when %s", async (_, change) => {
    ask(task("orders"));
    stack.order({ at: "drain ps-0", effect: "die-before" });
    expect(await stack.untilEndOrDeath(() => go("normal"))).toBe("crashed");
    await change();
    await go("normal");
    expect(stack.started).toHaveLength(2);
  });
});

it("is stopped by Ctrl-C between two tasks, and goes on with the second", async () => {
  ask(task("shop-dump"), task("orders"));
  const stop = new AbortController();
  const context = stack.context({
    signal: stop.signal,
    emit: (event) => {
      if (event.kind === "task" && event.moment === "done") stop.abort();
    },
  });
  const stopped = switchProfile(context, { target: "normal", confirm: stack.confirm });
  await expect(stopped).rejects.toMatchObject({ code: "interrupted", exit: 1 });
  expect(doneTasks()).toEqual(["task shop-dump"]);
  await go("normal");
  expect(doneTasks()).toEqual(["task shop-dump", "task orders"]);
});

describe("visitors", () => {
  it("that normal could not carry keep it from beginning, before anything is asked or changed, unless they are accepted", async () => {
    stack.world.visitors.openConnections = 49;
    stack.proposals.length = 0;
    await expect(go("normal")).rejects.toMatchObject({
      code: "traffic-too-high",
      exit: 3,
      seen: expect.stringContaining("49 open connections"),
      next: expect.stringContaining("--busy"),
    });
    expect(stack.proposals).toEqual([]);
    expect(stack.world.journal).toEqual([]);
    const { checks } = await switchProfile(stack.context(), {
      target: "normal",
      confirm: stack.confirm,
      season: { busy: true },
    });
    expect(checks).toContainEqual(expect.objectContaining({ code: "traffic-too-high", outcome: "warning" }));
    expect(checks).toContainEqual(expect.objectContaining({ code: "no-backup-before-scale-down", outcome: "warning" }));
  });

  it("are counted against the settings where these say so, and not on the way into rush", async () => {
    const { normal, rush } = stack.project.settings;
    const hooks = {
      beforeScaleDown: { ...normal.hooks.beforeScaleDown, connections: 200, connectionsPerSecond: 1000 },
    };
    stack.project = {
      ...stack.project,
      settings: { normal: { ...normal, hooks }, rush: { ...rush, hooks } },
    };
    Object.assign(stack.world.visitors, { openConnections: 150, connectionsPerLook: 3000 });
    await go("normal");
    stack.world.visitors.openConnections = 10_000;
    await go("rush");
    expect(stack.engine.recorded).toMatchObject({ profile: "rush" });
  });
});

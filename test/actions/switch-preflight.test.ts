import { Temporal } from "temporal-polyfill";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SeasonChoice } from "../../src/actions/rush/switch-preflight.ts";
import { planSwitch, switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { PreflightCheck } from "../../src/rolling/preflight/preflight-check.ts";
import { FakeStack } from "./fake-stack.ts";
import type { FakeWorld } from "./fake-world.ts";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.world.watch();
});
afterEach(() => stack.dispose());

const rush = (season: SeasonChoice = {}) =>
  switchProfile(stack.context(), { target: "rush", confirm: stack.confirm, season });

/** The checks of the last switch. */
function answers(): readonly PreflightCheck[] {
  return stack.events.findLast((event) => event.kind === "checks")?.checks ?? [];
}

const outcomeOf = (name: string) => answers().find((one) => one.name === name)?.outcome;

const later = new Date("2026-11-26T00:00:00Z");
const daysAgo = new Date("2026-11-24T00:00:00Z");

describe("a refusal changes nothing, asks nobody, and shows every answer", () => {
  it.each([
    ["a quota that is used up", ({ supply }) => Object.assign(supply.left, { instances: 0 }), "quota-too-small"],
    ["a size that the region has withdrawn", ({ supply }) => supply.flavors.splice(1, 1), "size-not-offered"],
    [
      "a system disk that could not shrink again",
      ({ supply }) => Object.assign(supply.flavors[1] ?? {}, { diskGigabytes: 100 }),
      "not-reversible",
    ],
    [
      "a backup that is too old",
      ({ backups }) => Object.assign(backups, { now: later, newest: daysAgo }),
      "backup-stale",
    ],
    [
      "a copy of the files that was never made",
      ({ backups }) => Object.assign(backups, { now: later, newest: later }),
      "backup-stale",
    ],
    ["a front that is ill", ({ sick }) => sick.add("ps-1"), "fronts-not-ready"],
  ] satisfies [string, (world: FakeWorld) => unknown, string][])("for %s", async (_, spoil, code) => {
    const approvals = stack.proposals.length;
    spoil(stack.world);
    const error = await rush().catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code, exit: 3, also: { checks: answers() } });
    expect(answers().length).toBeGreaterThan(3);
    expect(stack.proposals).toHaveLength(approvals);
    expect(stack.world.journal).toEqual([]);
  });

  it("for an event whose lead has not begun, and not when that is accepted", async () => {
    await expect(rush({ event: "noel" })).rejects.toMatchObject({ code: "rush-too-early", exit: 3 });
    await rush({ event: "noel", early: true });
    expect(outcomeOf("time")).toBe("warning");
  });

  it("for a data loss above the RPO in the middle of the switch only", async () => {
    // With one lasting front nobody copies the images while it is restarted.
    const { normal, rush: large } = stack.project.settings;
    const one = { ...normal, prestashop: { ...normal.prestashop, fronts: 1 } };
    stack.project = { ...stack.project, settings: { normal: one, rush: large } };
    await expect(rush()).rejects.toMatchObject({ code: "rpo-not-held", seen: "unlimited" });
    expect(stack.world.journal).toEqual([]);
  });
});

it("the way back is refused on a real cloud while the event wants its rush, also when it has begun; --early accepts it", async () => {
  const back = (early: boolean) =>
    switchProfile(stack.context(), {
      target: "normal",
      confirm: stack.confirm,
      season: { early, at: Temporal.Instant.from("2026-12-05T12:00:00Z") },
    });
  stack.cloud = "ovh";
  stack.engine.recorded = { ...stack.engine.recorded, cloud: stack.cloud };
  await rush();
  stack.world.journal.length = 0;
  const refused = { code: "event-not-over", exit: 3 };
  const error = await back(false).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ ...refused, also: { checks: answers() } });
  expect(outcomeOf("traffic")).toBe("ok");
  expect(stack.world.journal).toEqual([]);
  stack.order({ at: "resize ps-0", effect: "die-in-resize" });
  expect(await stack.untilEndOrDeath(() => back(true))).toBe("crashed");
  await expect(back(false)).rejects.toMatchObject(refused);
  await back(true);
  expect(outcomeOf("time")).toBe("warning");
});

it("what this user may not ask is not known: told, and no reason to stop", async () => {
  stack.world.supply.refuses = true;
  await rush();
  expect(
    answers()
      .filter(({ outcome }) => outcome === "unknown")
      .map((one) => one.name),
  ).toEqual(["sizes", "quota"]);
  expect(answers().find(({ name }) => name === "quota")?.reason).toContain("this user may not ask");
});

it("a plan to review is refused for the same reasons, and has the same answers", async () => {
  const { checks } = await planSwitch(stack.context(), "rush");
  expect(checks).toEqual(answers());
  stack.world.supply.left = { ports: 0 };
  await expect(planSwitch(stack.context(), "rush")).rejects.toMatchObject({ code: "quota-too-small" });
});

describe("after a run that died in the middle", () => {
  it("the quota that its extra front has used, and a lead that has passed, stop nothing", async () => {
    const during = Temporal.Instant.from("2026-12-05T12:00:00Z");
    stack.order({ at: "resize ps-0", effect: "die-in-resize" });
    expect(await stack.untilEndOrDeath(() => rush({ event: "noel", at: during }))).toBe("crashed");
    stack.world.supply.left = { instances: 0, volumes: 0, "volume-space": 0, ports: 0, members: 0 };
    Object.assign(stack.world.backups, { now: later, newest: daysAgo });
    const frozen = Temporal.Instant.from("2026-12-24T12:00:00Z");
    await rush({ event: "noel", at: frozen });
    expect(outcomeOf("time")).toBe("warning");
    expect(outcomeOf("quota")).toBe("ok");
    expect(answers().filter(({ name, outcome }) => name === "backups" && outcome === "refused")).toEqual([]);
    expect(stack.world.serving()).toBe(3);
  });

  it("a switch that is done asks nothing the second time", async () => {
    await rush();
    stack.events.length = 0;
    stack.world.supply.left = { instances: 0 };
    await expect(rush({ event: "noel" })).resolves.toMatchObject({ steps: [], checks: [] });
    expect(answers()).toEqual([]);
  });
});

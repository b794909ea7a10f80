import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { preview } from "../../src/actions/preview/preview.ts";
import { recover } from "../../src/actions/recover/recover.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { status } from "../../src/actions/status/status.ts";
import { refusalOfFronts, requireDataKept, up } from "../../src/actions/up/up.ts";
import type { ProposedChange } from "../../src/stack/proposal.ts";
import { itemsOf, planProfile } from "../../src/systems/project-plan.ts";
import { FakeStack } from "./fake-stack.ts";

const instance = "openstack:compute/instance:Instance";
const database = "ovh:CloudProject/database:Database";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

function run() {
  return up(stack.context(), { confirm: stack.confirm });
}

describe("a first creation", () => {
  it("needs no preview, tells everything it creates, and leaves no intent behind", async () => {
    const result = await run();
    expect(stack.engine.runs).toEqual(["up"]);
    expect(stack.proposals[0]).toMatchObject({ operation: "up", before: undefined, steps: [] });
    expect(stack.proposals[0]?.changes.every((one) => one.kind === "create")).toBe(true);
    expect(stack.proposals[0]?.changes.length).toBe(stack.engine.state.size);
    expect(result.fleet.fronts.map((front) => [front.name, front.pool, front.healthy])).toEqual([
      ["ps-0", "serving", true],
      ["ps-1", "serving", true],
    ]);
    expect(await stack.context().state.intents.pending()).toEqual([]);
  });

  it("is not chained; a later run is", async () => {
    const chains: boolean[] = [];
    const context = stack.context();
    const watching = {
      ...context,
      program: (...args: Parameters<typeof context.program>) => {
        chains.push(args[1].chain);
        return context.program(...args);
      },
    };
    await up(watching, { confirm: stack.confirm });
    await up(watching, { confirm: stack.confirm });
    expect(chains).toEqual([false, true]);
  });

  it("changes nothing the second time and asks nothing", async () => {
    await run();
    stack.world.watch();
    const again = await run();
    expect(again.changes).toEqual([]);
    expect(stack.world.journal).toEqual([]);
    expect(stack.proposals).toHaveLength(1);
  });

  it("fails when a front does not become healthy, and says what to do", async () => {
    stack.world.sick.add("ps-1");
    await expect(run()).rejects.toMatchObject({
      code: "front-unhealthy",
      exit: 1,
      seen: "1 of 2 fronts healthy",
      next: "lor-infra status; a front that stays unhealthy is replaced by lor-infra recover --replace ps-1",
    });
    await recover(stack.context(), { replace: "ps-1", confirm: stack.confirm });
    expect((await run()).fleet.fronts.every((front) => front.healthy)).toBe(true);
  });

  it("starts nothing when it is not approved", async () => {
    await expect(up(stack.context(), { confirm: async () => false })).rejects.toMatchObject({ code: "not-approved" });
    expect(stack.engine.runs).toEqual([]);
  });

  it.each([
    [`create ${database} mysql`, "die-after"],
    [`create ${database} mysql`, "die-before"],
    [`create ${database} mysql`, "drop-after-accept"],
    [`create ${instance} ps-1`, "die-after"],
    [`create ${instance} odoo`, "drop-after-accept"],
  ] as const)("that is cut at `%s` (%s) converges, with nothing created twice", async (at, effect) => {
    stack.order({ at, effect });
    const first = run();
    if (effect === "drop-after-accept") await expect(first).rejects.toThrow();
    else expect(await Promise.race([first, stack.world.untilCrash()])).toBe("crashed");
    await run();
    const disturbed = [...stack.world.existing.keys()].toSorted();
    const undisturbed = new FakeStack();
    await up(undisturbed.context(), { confirm: undisturbed.confirm });
    expect(disturbed).toEqual([...undisturbed.world.existing.keys()].toSorted());
    undisturbed.dispose();
  });

  it("goes on in the profile that it was cut in", async () => {
    stack.order({ at: `create ${instance} ps-2`, effect: "die-before" });
    const first = stack.untilEndOrDeath(() => up(stack.context(), { profile: "rush", confirm: stack.confirm }));
    expect(await first).toBe("crashed");
    expect((await run()).profile).toBe("rush");
  });
});

describe("pending operations of a killed engine", () => {
  it("become intents, are looked up, and leave the state", async () => {
    await run();
    const urn = `urn:pulumi:prod::lor::${database}::mysql`;
    stack.engine.state.delete(`${database} mysql`);
    stack.engine.pending = [{ kind: "creating", urn, type: database }];
    await run();
    expect(stack.engine.pending).toEqual([]);
    expect(stack.world.journal).toContain(`adopt ${database} mysql`);
    expect(stack.engine.state.has(`${database} mysql`)).toBe(true);
  });
});

describe("a stack that serves", () => {
  beforeEach(run);

  it("is not switched by up", async () => {
    await expect(up(stack.context(), { profile: "rush", confirm: stack.confirm })).rejects.toMatchObject({
      code: "up-changes-profile",
      exit: 3,
      next: "lor-infra rush",
    });
  });

  it("is not brought to new settings of its fronts by up", async () => {
    const { normal } = stack.project.settings;
    const larger = { ...normal, prestashop: { ...normal.prestashop, frontsFlavor: "b2-15" } };
    stack.project = { ...stack.project, settings: { ...stack.project.settings, normal: larger } };
    await expect(run()).rejects.toMatchObject({ code: "up-touches-fronts", next: "lor-infra normal" });
  });

  it("lets a healthy front in that an earlier run left drained", async () => {
    const member = stack.world.members.get("lor-prod-ps-1");
    if (member !== undefined) member.weight = 0;
    await run();
    expect(stack.world.serving()).toBe(2);
  });

  it("between two profiles leaves the fronts as they are, applies the rest, and lets the switch go on", async () => {
    stack.order({ at: "resize ps-1", effect: "fail" });
    const rush = () => switchProfile(stack.context(), { target: "rush", confirm: stack.confirm });
    await expect(rush()).rejects.toThrow();
    const sizes = () => [...stack.world.servers.values()].map((server) => `${server.name} ${server.flavor}`).sort();
    const before = sizes();
    const { normal, rush: large } = stack.project.settings;
    const stretched = { ...normal.mysql, backupTime: "04:00:00" };
    stack.project = {
      ...stack.project,
      settings: { normal: { ...normal, mysql: stretched }, rush: { ...large, mysql: stretched } },
    };
    await expect(rush()).rejects.toMatchObject({ code: "preview-mismatch" });

    const result = await run();

    expect(result.profile).toBeUndefined();
    expect(result.changes.map((one) => `${one.kind} ${one.type} ${one.name}`)).toEqual([`update ${database} mysql`]);
    expect(sizes()).toEqual(before);
    expect((await rush()).fleet.fronts.map((front) => front.size)).toEqual(["b2-15", "b2-15", "b2-15"]);
  });

  it("between two profiles takes no profile: the switch does", async () => {
    stack.order({ at: "resize ps-1", effect: "fail" });
    await expect(switchProfile(stack.context(), { target: "rush", confirm: stack.confirm })).rejects.toThrow();
    await expect(up(stack.context(), { profile: "rush", confirm: stack.confirm })).rejects.toMatchObject({
      code: "switch-unfinished",
      next: "lor-infra rush",
    });
  });

  it("is built again where the cloud has lost it", async () => {
    stack.world.servers.delete("lor-prod-ps-1");
    stack.world.existing.delete(`${instance} lor-prod-ps-1`);
    await run();
    expect(stack.proposals.at(-1)?.changes.map((one) => `${one.kind} ${one.type} ${one.name}`)).toEqual([
      `create ${instance} ps-1`,
    ]);
    expect(stack.world.serving()).toBe(2);
  });

  it("belongs to one cloud", async () => {
    await expect(up(stack.context({ cloud: "ovh" }), { confirm: stack.confirm })).rejects.toMatchObject({
      code: "stack-of-another-cloud",
      exit: 3,
    });
  });
});

describe("what up refuses", () => {
  const change: ProposedChange = {
    name: "ps-1",
    type: instance,
    kind: "replace",
    restarts: false,
    because: ["userData"],
    values: [{ path: "userData", before: "(secret)", after: "(secret)" }],
    holdsData: false,
    serves: true,
  };
  const items = itemsOf(planProfile(new FakeStack().project, "normal"));
  const refusal = (changes: readonly ProposedChange[]) =>
    refusalOfFronts(changes, { items, recorded: { resources: [] }, towards: "normal" });

  it("a replace of a serving front, naming why", () => {
    expect(refusal([change])).toMatchObject({
      message: expect.stringMatching(/replace Instance ps-1 while ps-1 serves \(userData\)/),
      next: "lor-infra recover --replace ps-1",
    });
  });

  it("a replace of any part of a front that requests pass through, whatever its name is", () => {
    const attachment = { ...change, type: "openstack:compute/volumeAttach:VolumeAttach", name: "ps-1-data" };
    expect(refusal([attachment])?.next).toBe("lor-infra recover --replace ps-1");
  });

  it("the loss of data", () => {
    const lost = { ...change, name: "mysql", type: database, holdsData: true, serves: false };
    expect(() => requireDataKept([lost])).toThrow(/data on it would be lost/);
  });

  it("nothing else", () => {
    expect(refusal([{ ...change, kind: "update", restarts: false }])).toBeUndefined();
    const schedule = { ...change, type: "ovh:CloudProject/workflowBackup:WorkflowBackup", serves: false };
    expect(refusal([schedule])).toBeUndefined();
  });
});

describe("preview", () => {
  it("of a new stack shows what is created", async () => {
    const result = await preview(stack.context(), {});
    expect(result).toMatchObject({
      profile: "normal",
      current: undefined,
      before: undefined,
      steps: [],
      differs: true,
    });
    expect(stack.engine.runs).toEqual(["preview"]);
  });

  it("of the other profile shows the steps, the capacity and the expected time", async () => {
    await run();
    const result = await preview(stack.context(), { profile: "rush" });
    expect(result.steps.map((one) => one.step.kind)).toEqual([
      "resize-load-balancer",
      "add-front",
      "resize-front",
      "resize-front",
    ]);
    expect(result.changes.filter((one) => one.restarts).map((one) => one.name)).toEqual(["ps-0", "ps-1"]);
    expect(result.seconds).toBeGreaterThan(60);
    expect((await preview(stack.context(), {})).differs).toBe(false);
  });
});

describe("status", () => {
  it("names profile, cloud, and each front with size and health", async () => {
    expect(await status(stack.context())).toMatchObject({ exists: false, profile: undefined, fronts: [] });
    await run();
    stack.world.sick.add("ps-1");
    const seen = await status(stack.context());
    expect(seen).toMatchObject({ exists: true, cloud: "local", profile: "normal", unfinished: undefined });
    expect(seen.fronts.map((one) => [one.name, one.size, one.pool, one.healthy])).toEqual([
      ["ps-0", "b2-7", "serving", true],
      ["ps-1", "b2-7", "serving", false],
    ]);
  });

  it("names an operation that was cut", async () => {
    await run();
    stack.order({ at: "resize ps-0", effect: "die-after" });
    await stack.untilEndOrDeath(() => switchProfile(stack.context(), { target: "rush", confirm: stack.confirm }));
    expect((await status(stack.context())).unfinished).toBe("rush");
  });
});

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { destroy } from "../../src/actions/destroy/destroy.ts";
import { preview } from "../../src/actions/preview/preview.ts";
import { recover } from "../../src/actions/recover/recover.ts";
import { switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { restoreState } from "../../src/actions/state/restore-state.ts";
import { status } from "../../src/actions/status/status.ts";
import { up } from "../../src/actions/up/up.ts";
import { LorError } from "../../src/core/errors.ts";
import type { Profile } from "../../src/domain/profile.ts";
import type { LorSettings } from "../../src/systems/lor/settings.ts";
import { FakeStack } from "./fake-stack.ts";

type Settings = LorSettings;

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

/** Runs what a person would type. */
async function type(command: string): Promise<unknown> {
  const [verb, option, value] = command.split(" ").slice(1);
  const { confirm } = stack;
  const context = stack.context();
  switch (verb) {
    case "up":
      return await up(context, { confirm, ...(option === "--profile" ? { profile: value as Profile } : {}) });
    case "rush":
    case "normal":
      return await switchProfile(context, { target: verb, confirm });
    case "recover":
      return await recover(context, { confirm, ...(value === undefined ? {} : { replace: value }) });
    case "preview":
      return await preview(context, {});
    case "destroy":
      return await destroy(context, { confirm, withData: option === "--with-data" });
    case "status":
      return await status(context);
    case "doctor":
      return undefined;
    case "state": {
      const [from = ""] = command.split(" ").slice(3);
      return await restoreState(context, { from, confirm: async () => true });
    }
    default:
      throw new Error(`no command to type: ${command}`);
  }
}

/** Changes settings of both profiles. */
function change(how: (settings: Settings) => Settings): void {
  const { normal, rush } = stack.project.settings;
  stack.project = { ...stack.project, settings: { normal: how(normal), rush: how(rush) } };
}

/** Changes settings of the profile normal. */
function changeNormal(how: (settings: Settings) => Settings): void {
  const { normal, rush } = stack.project.settings;
  stack.project = { ...stack.project, settings: { normal: how(normal), rush } };
}

const keepOneMore = (settings: Settings): Settings => ({
  ...settings,
  backups: { ...settings.backups, instances: { ...settings.backups.instances, keep: 8 } },
});
const otherAddresses = (settings: Settings): Settings => ({
  ...settings,
  prestashop: { ...settings.prestashop, addresses: ["10.10.1.20", "10.10.1.21", "10.10.1.22"] as never },
});
const largerFronts = (settings: Settings): Settings => ({
  ...settings,
  prestashop: { ...settings.prestashop, frontsFlavor: "b2-15" },
});

/**
 * Types a command and then what each refusal names, until one ends well and the first command does too.
 * @returns each refusal's code with its next command
 */
async function follow(first: string, undo: () => unknown = () => undefined): Promise<readonly string[]> {
  const refusals: string[] = [];
  const situations = new Set<string>();
  let command = first;
  for (;;) {
    try {
      await type(command);
      if (command === first || refusals.length === 0) return refusals;
      command = first;
    } catch (error) {
      if (!(error instanceof LorError)) throw error;
      const { code, next = "", seen = "" } = error;
      const refusal = `${command} -> ${code} -> ${next}`;
      const situation = `${refusal} (${seen})`;
      expect(situations, "goes round in a circle").not.toContain(situation);
      situations.add(situation);
      refusals.push(refusal);
      if (next.startsWith("undo ")) undo();
      const typed = [...next.matchAll(/lor-infra( (?!if\b|then\b)[a-z-][\w-]*| \d+| --[\w-]+)+/g)].map((one) => one[0]);
      expect(typed, `${refusal} names no command`).not.toEqual([]);
      for (const earlier of typed.slice(0, -1)) await type(earlier);
      command = typed.at(-1) ?? "";
    }
  }
}

describe("the next command of every refusal works", () => {
  it.each(["up", "rush", "normal", "preview", "recover", "recover --replace ps-0", "destroy"])(
    "%s of a stack that is not created",
    async (command) => {
      await follow(`lor-infra ${command}`);
    },
  );

  it.each(["up", "rush", "recover --replace ps-0", "preview"])(
    "%s after a change of the backup schedule",
    async (command) => {
      await type("lor-infra up");
      change(keepOneMore);
      const refusals = await follow(`lor-infra ${command}`);
      expect(refusals.map((one) => one.split(" -> ")[1])).not.toContain("up-touches-fronts");
    },
  );

  it.each(["up", "rush", "recover --replace ps-0"])("%s after a change that replaces every front", async (command) => {
    await type("lor-infra up");
    change(otherAddresses);
    await follow(`lor-infra ${command}`);
    await follow("lor-infra up");
    expect(stack.world.serving()).toBeGreaterThanOrEqual(2);
  });

  it.each(["up", "rush", "normal", "recover --replace ps-0"])(
    "%s after a change of the fronts' size and of a backup schedule",
    async (command) => {
      await type("lor-infra up");
      changeNormal(largerFronts);
      change(keepOneMore);
      await follow(`lor-infra ${command}`);
    },
  );

  it("up into the other profile", async () => {
    await type("lor-infra up");
    expect(await follow("lor-infra up --profile rush")).toHaveLength(1);
  });

  it("up while a switch is unfinished", async () => {
    await type("lor-infra up");
    stack.order({ at: "resize ps-1", effect: "fail" });
    await expect(type("lor-infra rush")).rejects.toThrow();
    expect(await follow("lor-infra up --profile rush")).not.toEqual([]);
  });

  it("up when data would be lost", async () => {
    await type("lor-infra up");
    const key = "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance mysql";
    const known = stack.engine.state.get(key);
    if (known === undefined) throw new Error(`${key} is not there`);
    stack.engine.state.set(key, { ...known, fixed: "other" });
    const undo = () => stack.engine.state.set(key, known);
    expect(await follow("lor-infra up", undo)).toEqual([
      "lor-infra up -> up-loses-data -> undo the change of the settings, then lor-infra preview",
    ]);
  });

  it("rush while a front is unhealthy", async () => {
    await type("lor-infra up");
    stack.world.sick.add("ps-0");
    expect(await follow("lor-infra rush")).toHaveLength(1);
  });

  it("recover of a front that does not exist", async () => {
    await type("lor-infra up");
    await expect(type("lor-infra recover --replace ps-9")).rejects.toMatchObject({
      code: "front-unknown",
      accepted: "ps-0, ps-1",
      next: "lor-infra status",
    });
  });

  it.each(["up", "rush", "normal"])("%s while a disk would shrink", async (command) => {
    await type("lor-infra up");
    const [type_, name] = ["ovh:CloudProject/database:Database", "mysql"];
    stack.engine.surprise = {
      urn: `urn:pulumi:prod::lor::${type_}::${name}`,
      type: type_,
      name,
      change: "update",
      changedProperties: ["diskSize"],
      replacingProperties: [],
      values: [{ path: "diskSize", before: 240, after: 80 }],
    };
    changeNormal(command === "normal" ? largerFronts : keepOneMore);
    const undo = () => {
      stack.engine.surprise = undefined;
    };
    expect(await follow(`lor-infra ${command}`, undo)).toContain(
      `lor-infra ${command} -> disk-cannot-shrink -> undo the change of mysql.disk, then lor-infra preview`,
    );
  });

  it.each(["up", "status", "preview", "recover", "destroy"])("%s while the state is cut off", async (command) => {
    await type("lor-infra up");
    const { backend } = stack.context().state;
    await backend.write(".pulumi/stacks/lor/prod.json", '{"version":3,"checkpoint":{"latest":{"resour');
    await expect(type(`lor-infra ${command}`)).rejects.toMatchObject({ code: "state-unreadable" });
    await follow(`lor-infra ${command}`);
  });

  it("rush without a size that the region offers", async () => {
    await type("lor-infra up");
    const offered = stack.world.supply.flavors;
    stack.world.supply.flavors = [];
    await expect(type("lor-infra rush")).rejects.toMatchObject({
      exit: 3,
      next: expect.stringContaining("lor-infra "),
    });
    stack.world.supply.flavors = offered;
    await type("lor-infra rush");
  });

  it("rush that fails in a step", async () => {
    await type("lor-infra up");
    stack.order({ at: "resize ps-0", effect: "fail" });
    expect(await follow("lor-infra rush")).toHaveLength(1);
  });

  it("a stack of another cloud", async () => {
    await type("lor-infra up");
    await expect(up(stack.context({ cloud: "ovh" }), { confirm: stack.confirm })).rejects.toMatchObject({
      next: expect.stringContaining("--cloud local"),
    });
  });

  it("destroy of a stack that holds data", async () => {
    await type("lor-infra up");
    expect(await follow("lor-infra destroy")).toHaveLength(1);
  });
});

describe("what up does when fronts would be disturbed", () => {
  it("applies the rest, keeps the fronts, and names the command for them", async () => {
    await type("lor-infra up");
    changeNormal(largerFronts);
    change(keepOneMore);
    stack.world.watch();
    await expect(type("lor-infra up")).rejects.toMatchObject({
      code: "up-touches-fronts",
      message: expect.stringMatching(/everything else is as the settings say$/),
      exit: 3,
      next: "lor-infra normal",
    });
    expect(stack.world.journal.filter((one) => one.startsWith("create")).length).toBeGreaterThan(0);
    expect(stack.world.journal.filter((one) => one.startsWith("resize"))).toEqual([]);
    expect((await status(stack.context())).profile).toBe("normal");
  });
});

describe("a healthy front that is replaced", () => {
  it("is replaced while a temporary front serves", async () => {
    await type("lor-infra up");
    stack.world.watch();
    await type("lor-infra recover --replace ps-0");
    expect(stack.world.fewest).toBe(2);
    expect((await status(stack.context())).fronts.map((front) => front.name)).toEqual(["ps-0", "ps-1"]);
  });
});

import { afterEach, beforeEach, expect, it } from "vitest";
import { recover } from "../../src/actions/recover/recover.ts";
import { up } from "../../src/actions/up/up.ts";
import { AmbiguousName } from "../../src/clouds/finder-query.ts";
import { ExitCode, LorError } from "../../src/core/errors.ts";
import { FakeStack } from "./fake-stack.ts";

const type = "openstack:compute/instance:Instance";
let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
});
afterEach(() => stack.dispose());

/** An earlier run began to create a front's server, and its adoption fails. */
async function leaveCreationThatCannotBeAdopted(): Promise<void> {
  stack.engine.state.delete(`${type} ps-1`);
  await stack.context().state.intents.record([{ type, name: "ps-1" }], new Date());
  const run = stack.engine.up.bind(stack.engine);
  stack.engine.up = async (program, options) => {
    if ((options?.adopt?.size ?? 0) > 0) {
      const message = "a resource that was to be adopted no longer exists in the cloud";
      throw new LorError({ code: "adoption-missing", message, exit: ExitCode.failed, culprit: "cloud" });
    }
    return await run(program, options);
  };
}

it("a creation that can never be adopted is named, and can be given up", async () => {
  await leaveCreationThatCannotBeAdopted();
  await expect(up(stack.context(), { confirm: stack.confirm })).rejects.toMatchObject({
    code: "adoption-missing",
    message: expect.stringContaining(`an earlier run began to create ${type} ps-1`),
    next: `the same command again; where it fails again, lor-infra recover --give-up "${type} ps-1"`,
  });
  await recover(stack.context(), { confirm: stack.confirm, giveUp: `${type} ps-1` });
  expect(stack.events).toContainEqual({ kind: "repaired", repair: "creation-given-up", what: `${type} ps-1` });
  expect(await stack.context().state.intents.pending()).toEqual([]);
});

it("what is not pending cannot be given up", async () => {
  await expect(recover(stack.context(), { confirm: stack.confirm, giveUp: "Instance ps-9" })).rejects.toMatchObject({
    code: "intent-unknown",
    accepted: "nothing: no creation is unfinished",
  });
});

it("a resource that a failed replace has deleted already is not adopted by its old id", async () => {
  const { finder } = stack.world.clients;
  Object.assign(finder, { unreadable: () => ["userData"] });
  await stack.context().state.intents.record([{ type, name: "ps-1" }], new Date());
  const known = stack.engine.state.get(`${type} ps-1`);
  if (known === undefined) throw new Error("no ps-1");
  stack.engine.state.set(`${type} ps-1`, { ...known, flavor: "b2-15-flex" });
  const exported = stack.engine.exportState.bind(stack.engine);
  stack.engine.exportState = async () => {
    const state = await exported();
    const resources = state.resources.map((one) =>
      one.type === type && one.name === "ps-1" ? { ...one, pendingReplacement: true as const } : one,
    );
    return { ...state, resources };
  };
  const preview = stack.engine.preview.bind(stack.engine);
  stack.engine.preview = async (program, options) => {
    const run = await preview(program, options);
    const changes = run.changes.map((one) => (one.name === "ps-1" ? { ...one, changedProperties: ["userData"] } : one));
    return { ...run, changes };
  };
  const adopted: unknown[] = [];
  const run = stack.engine.up.bind(stack.engine);
  stack.engine.up = async (program, options) => {
    adopted.push(...(options?.adopt?.keys() ?? []));
    return await run(program, options);
  };
  await recover(stack.context(), { confirm: stack.confirm });
  expect(adopted).toEqual([]);
});

it("a second one that a run left between creating the new and deleting the old is deleted", async () => {
  const discarded: string[] = [];
  const { finder } = stack.world.clients;
  Object.assign(finder, {
    isReplacedFirst: (asked: string) => asked === type,
    find: async () => {
      throw new AmbiguousName("servers", "ps-1", ["id", "second"]);
    },
    discard: async (_: string, id: string) => {
      discarded.push(id);
    },
  });
  await stack.context().state.intents.record([{ type, name: "ps-1" }], new Date());
  const known = stack.engine.state.get(`${type} ps-1`);
  if (known === undefined) throw new Error("no ps-1");
  stack.engine.state.set(`${type} ps-1`, { ...known, flavor: "b2-15-flex" });
  await recover(stack.context(), { confirm: stack.confirm });
  expect(discarded).toEqual(["second"]);
});

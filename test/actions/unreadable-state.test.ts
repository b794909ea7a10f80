import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { destroy } from "../../src/actions/destroy/destroy.ts";
import { preview } from "../../src/actions/preview/preview.ts";
import { recover } from "../../src/actions/recover/recover.ts";
import { backUpState } from "../../src/actions/state/back-up-state.ts";
import { listState } from "../../src/actions/state/list-state.ts";
import { restoreState } from "../../src/actions/state/restore-state.ts";
import { status } from "../../src/actions/status/status.ts";
import { up } from "../../src/actions/up/up.ts";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  const { backend } = stack.context().state;
  await backend.write(".pulumi/stacks/lor/prod.json", '{"version":3,"checkpoint":{"latest":{"resour');
});
afterEach(() => stack.dispose());

const confirm = async () => true;
const commands: readonly (readonly [string, (context: StackContext) => Promise<unknown>])[] = [
  ["status", (context) => status(context)],
  ["preview", (context) => preview(context, {})],
  ["up", (context) => up(context, { confirm })],
  ["recover", (context) => recover(context, { confirm })],
  ["destroy", (context) => destroy(context, { confirm, withData: true })],
  ["state backup", (context) => backUpState(context.state, undefined, new Date())],
];

describe("a state that is cut off", () => {
  it.each(commands)("lor-infra %s names it with the command that restores one, and changes nothing", async (_, run) => {
    await expect(run(stack.context())).rejects.toMatchObject({
      code: "state-unreadable",
      message: expect.stringContaining("is cut off"),
      next: expect.stringContaining("lor-infra state restore empty"),
    });
    expect(stack.engine.runs).toEqual([]);
  });

  it("lor-infra state list says the same, and not that there is none", async () => {
    expect(await listState(stack.context().state)).toMatchObject({
      now: "unreadable",
      unreadable: { next: expect.stringContaining("lor-infra state restore empty") },
    });
  });

  it("is kept, and replaced by what is restored", async () => {
    const context = stack.context();
    const { backup, unreadable } = await restoreState(context, { from: "empty", confirm });
    expect(unreadable).toContain("is cut off");
    expect(backup).toContain("before-restore");
    expect((await listState(context.state)).now).not.toBe("unreadable");
    await expect(status(context)).resolves.toMatchObject({ exists: false });
  });
});

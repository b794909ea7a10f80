import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { up } from "../../src/actions/up/up.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

/** The file that the engine's backend keeps while it changes a stack. */
function leaveEngineLock(host: string, pid: number): void {
  const { folder, project } = stack.context();
  const locks = join(folder.backend, ".pulumi", "locks", "organization", project.name, project.stack);
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, "one.json"), JSON.stringify({ pid, username: "anne", hostname: host }));
}

it("of an engine on another machine stays until a person takes over, and then the state is copied first", async () => {
  leaveEngineLock("another-machine", 1);
  await expect(up(stack.context(), { confirm: stack.confirm })).rejects.toMatchObject({
    code: "engine-locked",
    exit: 4,
  });
  expect(stack.engine.runs).not.toContain("cancel");

  const { folder, project, state } = stack.context();
  mkdirSync(join(folder.backend, ".pulumi", "stacks", project.name), { recursive: true });
  writeFileSync(
    join(folder.backend, ".pulumi", "stacks", project.name, `${project.stack}.json`),
    '{"version":3,"checkpoint":{}}',
  );

  await up(stack.context({ takeOver: true }), { confirm: stack.confirm });

  expect(stack.engine.runs).toContain("cancel");
  const copies = (await state.files.list("backups")).filter((name) => name.endsWith("before-take-over.json"));
  expect(await Promise.all(copies.map((name) => state.files.read(`backups/${name}`)))).toEqual([
    '{"version":3,"checkpoint":{}}',
  ]);
});

it("of an engine that lives on this machine is nobody's to take", async () => {
  leaveEngineLock(hostname(), process.pid);
  await expect(up(stack.context({ takeOver: true }), { confirm: stack.confirm })).rejects.toMatchObject({
    code: "engine-locked",
  });
  expect(stack.engine.runs).not.toContain("cancel");
});

import { mkdirSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { up } from "../../src/actions/up/up.ts";
import { StackLock } from "../../src/state/stack-lock.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

/** The file that the engine's backend keeps while it changes a stack. */
function leaveEngineLock(host: string, pid: number, since = "2026-11-23T00:00:00Z"): void {
  const { folder, project } = stack.context();
  const locks = join(folder.backend, ".pulumi", "locks", "organization", project.name, project.stack);
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, "one.json"), JSON.stringify({ pid, username: "anne", hostname: host, timestamp: since }));
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

/** A number that no process here has. Source: proc(5), the most that pid_max can be is 2^22. */
const nobody = 2 ** 22 + 1;

it("of a machine of this name is nobody's to take, though no such process runs here: containers share names", async () => {
  leaveEngineLock(hostname(), nobody);
  await expect(up(stack.context(), { confirm: stack.confirm })).rejects.toMatchObject({
    code: "engine-locked",
    seen: expect.stringContaining("a container"),
    next: expect.stringContaining("--take-over"),
  });
  expect(stack.engine.runs).not.toContain("cancel");
  await up(stack.context({ takeOver: true }), { confirm: stack.confirm });
  expect(stack.engine.runs).toContain("cancel");
});

it.each([
  ["released", "2026-11-23T00:00:30Z", true],
  ["kept", "2026-11-22T23:59:59Z", false],
])("of an engine that a dead command of ours may have started is %s, when it is of %s", async (_, since, released) => {
  const { state } = stack.context();
  const clock = { now: () => new Date("2026-11-23T00:00:00Z") };
  const gone = { pid: nobody, startTicks: "1" };
  await StackLock.acquire({ files: state.files, operation: "up", clock, process: gone });
  await using lock = await StackLock.acquire({ files: state.files, operation: "up", clock });
  leaveEngineLock(hostname(), nobody, since);
  const run = up(stack.context({ lock }), { confirm: stack.confirm });
  await (released ? run : expect(run).rejects.toMatchObject({ code: "engine-locked" }));
  expect(stack.engine.runs.includes("cancel")).toBe(released);
});

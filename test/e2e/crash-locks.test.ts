import { afterAll, beforeAll, expect, it } from "vitest";
import { CrashScene } from "./crash/crash-scene.ts";
import { ended } from "./project.ts";

/** Who may change a stack while another command does, is paused, or is dead. */
let scene: CrashScene;

beforeAll(async () => {
  scene = await CrashScene.start();
});
afterAll(() => scene.dispose());

it("two at once: the second ends with 4 and names the first; a paused one still holds; a dead one does not", async () => {
  await scene.order({ type: "Router", operation: "create" }, { kind: "hold" });
  const first = scene.project.start(["up", "--yes"]);
  const end = ended(first);
  await expect.poll(() => scene.control.held(), { timeout: 60_000, interval: 50 }).toHaveLength(1);

  const second = await scene.project.run(["up", "--yes"]);
  expect(second.code).toBe(4);
  expect(second.stderr).toContain(`(process ${first.pid})`);
  expect(second.stderr).toContain("lor-infra up");
  expect((await scene.project.json<{ lockedBy: string }>(["status"])).lockedBy).toContain(`process ${first.pid}`);

  first.kill("SIGSTOP");
  const third = await scene.project.run(["destroy", "--with-data", "--yes"]);
  expect(third.code, "a paused holder may wake up").toBe(4);
  expect(third.stderr).toContain(`(process ${first.pid})`);
  expect((await scene.project.run(["up", "--yes", "--take-over"])).code, "not even by --take-over").toBe(4);

  first.kill("SIGKILL");
  expect((await end).code).toBe(null);
}, 180_000);

it("the dead one's engine is ended; a cloud that dies under a command is an error, and the same command starts it again", async () => {
  const run = await scene.crash(["up", "--yes"], {
    point: "database accepted: cloud",
    engineLives: true,
    steps: [{ match: { type: "Database", operation: "create", name: "mysql" } }],
    kill: ["cloud"],
  });
  expect(run.code, run.stdout + run.stderr).toBe(1);
  await scene.succeed(["up", "--yes"]);
  expect(await scene.createdTwice()).toEqual([]);
  const again = await scene.project.json<{ changes: unknown[] }>(["up", "--yes"]);
  expect(again.changes).toEqual([]);
}, 180_000);

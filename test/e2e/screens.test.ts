import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runInProcess } from "./in-process.ts";
import { TestProject } from "./project.ts";
import { expectScreen } from "./screen.ts";

/** What each command says that needs no created stack, as a person and as a script read it. */
const project = new TestProject();
afterAll(() => project.dispose());

async function both(name: string, args: readonly string[], code = 0): Promise<void> {
  const run = await runInProcess(project, args);
  expect(run.code, run.stdout + run.stderr).toBe(code);
  await expectScreen(project, name, run);
  await expectScreen(project, name, { ...run, stdout: run.document });
}

it.each([
  ["check", ["check"], 0],
  ["cost", ["cost"], 0],
  ["cost-rush", ["cost", "--profile", "rush", "--fronts-flavor", "b2-7"], 0],
  ["rpo", ["rpo"], 0],
  ["doctor", ["doctor"], 0],
  ["engine-install", ["engine", "install"], 0],
  ["engine-status", ["engine", "status"], 0],
  ["status-not-created", ["status"], 0],
  ["recover-not-created", ["recover", "--yes"], 0],
  ["destroy-not-created", ["destroy", "--yes"], 0],
])("%s", (name, args, code) => both(name, args, code));

it("init", () => both("init", ["init", join(project.folder, "one")]));

it("a word that the command line does not know", async () => {
  for (const args of [
    ["up", "--frobnicate"],
    ["up", "--frobnicate", "--json"],
  ]) {
    const run = await project.run(args);
    expect(run.code).toBe(2);
    await expectScreen(project, "up-usage", run);
  }
});

it.each([
  ["completion-bash", ["completion", "bash"]],
  ["completion-of-season", ["complete", "--", "season", "--"]],
])("%s", async (name, args) => {
  const run = await project.run(args);
  expect(run.code, run.stderr).toBe(0);
  await expectScreen(project, name, run);
});

it("help", async () => {
  await expectScreen(project, "help", await project.run(["--help"]));
});

describe("cloud", () => {
  it.each([
    ["cloud-start", ["cloud", "start"], 0],
    ["cloud-status", ["cloud", "status"], 0],
    ["cloud-fault-ordered", ["cloud", "fault", "--effect", "slow", "--seconds", "9", "--type", "Port"], 0],
    ["cloud-fault", ["cloud", "fault"], 0],
    ["cloud-fault-cleared", ["cloud", "fault", "--clear"], 0],
    ["cloud-reset", ["cloud", "reset", "--yes"], 0],
    ["cloud-journal", ["cloud", "journal"], 0],
    ["cloud-stop", ["cloud", "stop"], 0],
    ["cloud-journal-stopped", ["cloud", "journal"], 1],
  ])("%s", (name, args, code) => both(name, args, code));
});

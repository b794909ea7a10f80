import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EngineCache } from "../../src/engine/engine-cache.ts";
import { engineRecipes } from "../../src/engine/engine-recipes.ts";
import { installEngine } from "../../src/engine/install-engine.ts";
import { FakeMachine } from "./fake-programs.ts";

let machine: FakeMachine;
const started: ChildProcess[] = [];

beforeEach(() => {
  machine = new FakeMachine();
});

afterEach(() => {
  for (const child of started.splice(0)) {
    child.kill("SIGKILL");
  }
  machine.remove();
});

const offline = async () => false;

/** Builds last until the gate is opened. */
function gatedGo(): void {
  machine.go([`while [ ! -e ${machine.path("gate")} ]; do sleep 0.05; done`]);
}

function openGate(): void {
  writeFileSync(machine.path("gate"), "");
}

/** Another process that obtains the engine; resolves with what it printed. */
function otherBuilder(): { readonly child: ChildProcess; readonly printed: Promise<string> } {
  const script = join(import.meta.dirname, "install-in-process.ts");
  const child = spawn(process.execPath, [script], { env: machine.env, stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return { child, printed: new Promise((resolve) => child.once("close", () => resolve(text))) };
}

async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { timeout: 600_000, interval: 20 }).toBe(true);
}

test("two processes build once; the second one waits and uses the result", async () => {
  gatedGo();
  const first = otherBuilder();
  await until(() => machine.builds === 1);
  const told: string[] = [];
  const second = installEngine({ env: machine.env, download: offline, onProgress: (text) => told.push(text) });
  await until(() => told.length > 0);
  expect(told).toEqual([`process ${first.child.pid} is obtaining the engine; waiting for it`]);
  openGate();

  expect(await second).toMatchObject({ origin: "cache" });
  expect(JSON.parse(await first.printed)).toMatchObject({ origin: "build", path: (await second).path });
  expect(machine.builds).toBe(engineRecipes.length);
});

test("a builder that was killed leaves nothing half made, and its lock is taken over", async () => {
  gatedGo();
  const first = otherBuilder();
  await until(() => machine.builds === 1);
  const cache = new EngineCache(machine.env);
  const waiting = installEngine({ env: machine.env, download: offline });
  first.child.kill("SIGKILL");
  await first.printed;
  expect(cache.find()).toBeUndefined();
  openGate();

  expect(await waiting).toMatchObject({ origin: "build" });
  expect(readdirSync(cache.folder).filter((name) => name.startsWith("."))).toEqual([]);
  const binFolder = join((await waiting).path, "..");
  expect(readdirSync(binFolder).sort()).toEqual(engineRecipes.map((recipe) => recipe.binary).sort());
});

test("a lock of a process whose number was given out again is not its lock", async () => {
  machine.go();
  const cache = new EngineCache(machine.env);
  await installEngine({ env: machine.env, download: offline });
  const path = join(cache.lockFolder, "1.json");
  const lock = JSON.parse(readFileSync(path, "utf8"));
  // This very process lives, but it did not start then.
  writeFileSync(path, JSON.stringify({ ...lock, released: false, process: { pid: process.pid, startTicks: "1" } }));
  cache.drop(join(cache.find() ?? "", "..", ".."));
  expect(existsSync(path)).toBe(true);

  expect(await installEngine({ env: machine.env, download: offline })).toMatchObject({ origin: "build" });
});

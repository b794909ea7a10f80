import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { listState } from "../../src/actions/state/list-state.ts";
import { LorError } from "../../src/core/errors.ts";
import type { EngineStack } from "../../src/engine/port.ts";
import { thisMachine } from "../../src/os/process-identity.ts";
import { guardEngine } from "../../src/stack/guarded-engine.ts";
import { stackFolder } from "../../src/state/stack-folder.ts";
import { StackLock } from "../../src/state/stack-lock.ts";
import { type StackState, stateInFolder } from "../../src/state/stack-state.ts";

/** Two machines that work on one state, each with an engine that keeps its own copy of it while it runs. */
let home: string;
let state: StackState;
let now: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lor-guard-"));
  state = stateInFolder(stackFolder(home, "local", "prod"), "lor");
  now = Date.parse("2026-11-25T10:00:00Z");
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const clock = { now: () => new Date(now), sleep: async () => undefined };
const file = ".pulumi/stacks/lor/prod.json";

type Resources = Readonly<Record<string, string>>;

async function write(resources: Resources): Promise<void> {
  const latest = {
    manifest: { time: new Date(now++).toISOString() },
    resources: Object.entries(resources).map(([urn, modified]) => ({ urn, modified })),
  };
  await state.backend.write(file, JSON.stringify({ version: 3, checkpoint: { latest } }));
}

/** An engine whose update does what the test says. */
function engine(work: () => Promise<void>): EngineStack {
  const up = async () => {
    await work();
    return { changes: [], outputs: {}, differences: new Map(), writeOnlyValues: new Map(), durationSeconds: 0 };
  };
  return { up } as unknown as EngineStack;
}

function hold(host: string, takeOver = false) {
  const machine = { ...thisMachine(), host, boot: host, processes: host };
  return StackLock.acquire({ files: state.files, operation: "rush", clock, machine, takeOver });
}

const program = async () => ({});

async function update(lock: StackLock, work: () => Promise<void>) {
  return await guardEngine(engine(work), { state, lock, clock }).up(program);
}

it("enters what a run leaves, what it finds, and what a run that fails has done", async () => {
  const lock = await hold("atelier");
  await update(lock, () => write({ a: "1" }));
  await write({ a: "1", b: "2" });
  const failing = update(lock, async () => {
    await write({ a: "3", b: "2" });
    throw new Error("no stock");
  });
  await expect(failing).rejects.toThrow("no stock");
  const { entries, now: verdict } = await listState(state);
  expect(entries.map(({ kind, kept }) => [kind, kept])).toEqual([
    ["run", true],
    ["found", true],
    ["run", true],
  ]);
  expect(verdict).toBe("as-left");
  await lock.release();
});

it("a holder that was paused in a run and overtaken: what it writes is found, and nothing more is done by it or over it", async () => {
  const paused = await hold("atelier");
  await update(paused, () => write({ a: "1", b: "1" }));
  let other: StackLock | undefined;
  await update(paused, async () => {
    now += 3_600_000;
    other = await hold("bureau", true);
    await update(other, () => write({ a: "2", b: "1" }));
    // Awake again, with the state of before.
    await write({ a: "1", b: "3" });
  });
  expect((await listState(state)).entries.at(-1)).toMatchObject({
    kind: "overwrote",
    by: expect.stringContaining("atelier"),
  });
  await expect(update(paused, () => write({}))).rejects.toMatchObject({ code: "lock-lost", exit: 4 });
  const refused = update(other as StackLock, () => write({}));
  await expect(refused).rejects.toMatchObject({
    code: "state-went-backwards",
    exit: 3,
    next: expect.stringContaining("state restore 2"),
  });
  expect(JSON.parse((await state.chain.stateAt(2)) ?? "").checkpoint.latest.resources).toEqual([
    { urn: "a", modified: "2" },
    { urn: "b", modified: "1" },
  ]);
  await other?.release();
});

it("one that was killed before it could say so is found by what it undid", async () => {
  const lock = await hold("atelier");
  await update(lock, () => write({ a: "1", b: "1" }));
  await update(lock, () => write({ a: "2", b: "1" }));
  await write({ a: "1", b: "3" });
  await expect(update(lock, () => write({}))).rejects.toMatchObject({ code: "state-went-backwards" });
  await lock.release();
});

it("a run that leaves a state which is cut off says so, with what stopped it and the copy from before", async () => {
  const lock = await hold("atelier");
  await update(lock, () => write({ a: "1" }));
  const full = update(lock, async () => {
    await state.backend.write(file, '{"version":3,"check');
    throw new LorError({ code: "state-not-written", message: "no space left", exit: 1, culprit: "user" });
  });
  await expect(full).rejects.toMatchObject({
    code: "state-unreadable",
    message: expect.stringMatching(/is cut off.*no space left/),
    next: "lor-infra state restore 1, then lor-infra recover",
  });
  const called: string[] = [];
  await expect(update(lock, async () => void called.push("run"))).rejects.toMatchObject({ code: "state-unreadable" });
  expect(called).toEqual([]);
  await lock.release();
});

it("refuses every change without the lock, also by a method that the port gains, and reads on", async () => {
  const lock = await hold("atelier");
  now += 3_600_000;
  const other = await hold("bureau", true);
  const called: string[] = [];
  const changes = ["up", "insertIntoState", "refresh", "destroy", "importState", "added"];
  const reads = ["preview", "outputs", "cancel", "exportState"];
  const any = Object.fromEntries([...changes, ...reads].map((name) => [name, async () => called.push(name)]));
  const guarded = guardEngine(any as unknown as EngineStack, { state, lock, clock });
  const methods = guarded as unknown as Readonly<Record<string, () => Promise<unknown>>>;
  for (const change of changes) await expect(methods[change]?.()).rejects.toMatchObject({ code: "lock-lost" });
  for (const read of reads) await methods[read]?.();
  expect(called).toEqual(reads);
  await other.release();
});

it("keeps the chain and its copies bounded", async () => {
  const lock = await hold("atelier");
  for (let n = 1; n <= 320; n += 1) await update(lock, () => write({ a: String(n) }));
  const { entries, now: verdict } = await listState(state);
  expect(entries.length).toBeLessThanOrEqual(300);
  expect(entries.at(-1)?.number).toBe(320);
  expect(entries.filter((entry) => entry.kept)).toHaveLength(30);
  expect(verdict).toBe("as-left");
  await lock.release();
});

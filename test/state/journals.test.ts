import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { IntentJournal } from "../../src/state/intent-journal.ts";
import { OperationJournal } from "../../src/state/operation-journal.ts";
import { endOrphans, runVariable } from "../../src/state/orphan-engine.ts";
import { firstLine, kill, startScript } from "./children.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-journal-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = { at: "2026-01-01T00:00:00Z", run: "r", operation: "rush" } as const;

describe("journals under kill -9", () => {
  it("lose nothing that was written before the next thing began", async () => {
    const [operations, intents] = [join(folder, "journal.jsonl"), join(folder, "intents.json")];
    for (let round = 0; round < 5; round += 1) {
      rmSync(intents, { force: true });
      rmSync(operations, { force: true });
      const child = startScript("append-journal.ts", [operations, intents]);
      await firstLine(child);
      const journal = new OperationJournal(operations);
      await expect.poll(() => journal.entries().length, { interval: 2 }).toBeGreaterThan(3 + round * 7);
      await kill(child);
      const done = journal.entries().map((one) => one.what);
      const intended = new IntentJournal(intents).pending().map((one) => one.name);
      expect(intended.length - done.length).toBeGreaterThanOrEqual(0);
      expect(intended.length - done.length).toBeLessThanOrEqual(1);
      expect(intended.slice(0, done.length)).toEqual(done);
    }
  });

  it("go on after a line that was cut", () => {
    const path = join(folder, "journal.jsonl");
    const journal = new OperationJournal(path);
    journal.append({ ...entry, event: "begun" });
    appendFileSync(path, '{"at":"2026');
    expect(journal.unfinished()).toBe("rush");
    journal.append({ ...entry, event: "done" });
    expect(journal.entries().map((one) => one.event)).toEqual(["begun", "done"]);
    expect(journal.unfinished()).toBeUndefined();
  });
});

describe("intents", () => {
  it("add up until a run has ended well", () => {
    const intents = new IntentJournal(join(folder, "intents.json"));
    intents.record([{ type: "t", name: "a" }], new Date());
    intents.record(
      [
        { type: "t", name: "a" },
        { type: "t", name: "b" },
      ],
      new Date(),
    );
    expect(intents.pending().map((one) => one.name)).toEqual(["a", "b"]);
    intents.clear();
    expect(intents.pending()).toEqual([]);
  });
});

describe("engines that outlive a killed command", () => {
  it("are ended by the mark of its lock, and no other process is", async () => {
    const orphan = startScript("hold-lock.ts", ["hold", join(folder, "a")], { [runVariable]: "lock-1" });
    const other = startScript("hold-lock.ts", ["hold", join(folder, "b")], { [runVariable]: "lock-2" });
    await Promise.all([firstLine(orphan), firstLine(other)]);
    // The process is gone before its parent is told so.
    const told = once(orphan, "exit");
    const sleep = (milliseconds: number) => new Promise<void>((done) => setTimeout(done, milliseconds));
    expect(await endOrphans({ run: "lock-1", graceMilliseconds: 2000, sleep })).toBe(1);
    expect(await told).toEqual([null, "SIGINT"]);
    expect(other.exitCode).toBeNull();
    await kill(other);
  });
});

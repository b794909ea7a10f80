import { once } from "node:events";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/os/host.ts";
import { FolderFiles } from "../../src/state/folder-files.ts";
import { IntentJournal } from "../../src/state/intent-journal.ts";
import { OperationJournal } from "../../src/state/operation-journal.ts";
import { endOrphans, runVariable } from "../../src/state/orphan-engine.ts";
import { firstLine, kill, startScript } from "./children.ts";

let folder: string;
let files: FolderFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-journal-"));
  files = new FolderFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const entry = { at: "2026-01-01T00:00:00Z", run: "r", operation: "rush" } as const;

describe("journals under kill -9", () => {
  it("lose nothing that was written before the next thing began", async () => {
    for (let round = 0; round < 5; round += 1) {
      rmSync(folder, { recursive: true, force: true });
      const child = startScript("append-journal.ts", [folder]);
      await firstLine(child);
      const journal = new OperationJournal(files);
      await expect
        .poll(async () => (await journal.entries()).length, { interval: 2, timeout: 600_000 })
        .toBeGreaterThan(3 + round * 7);
      await kill(child);
      const done = (await journal.entries()).map((one) => one.what);
      const intended = (await new IntentJournal(files).pending()).map((one) => one.name);
      expect(intended.length - done.length).toBeGreaterThanOrEqual(0);
      expect(intended.length - done.length).toBeLessThanOrEqual(1);
      expect(intended.slice(0, done.length)).toEqual(done);
    }
  });

  it("go on after a line that was cut", async () => {
    const journal = new OperationJournal(files);
    await journal.append({ ...entry, event: "begun" });
    appendFileSync(join(folder, "journal.jsonl"), '{"at":"2026');
    expect(await journal.unfinished()).toBe("rush");
    await journal.append({ ...entry, event: "done" });
    expect((await journal.entries()).map((one) => one.event)).toEqual(["begun", "done"]);
    expect(await journal.unfinished()).toBeUndefined();
  });
});

describe("intents", () => {
  it("add up until a run has ended well", async () => {
    const intents = new IntentJournal(files);
    await intents.record([{ type: "t", name: "a" }], new Date());
    await intents.record(
      [
        { type: "t", name: "a" },
        { type: "t", name: "b" },
      ],
      new Date(),
    );
    expect((await intents.pending()).map((one) => one.name)).toEqual(["a", "b"]);
    await intents.clear();
    expect(await intents.pending()).toEqual([]);
  });
});

describe("engines that outlive a killed command", () => {
  it("are ended by the mark of its lock, and no other process is", async () => {
    const orphan = startScript("hold-lock.ts", ["hold", join(folder, "a")], { [runVariable]: "lock-1" });
    const other = startScript("hold-lock.ts", ["hold", join(folder, "b")], { [runVariable]: "lock-2" });
    await Promise.all([firstLine(orphan), firstLine(other)]);
    // The process is gone before its parent is told so.
    const told = once(orphan, "exit");
    expect(await endOrphans({ run: "lock-1", graceMilliseconds: 2000, clock: systemClock })).toBe(1);
    expect(await told).toEqual([null, "SIGINT"]);
    expect(other.exitCode).toBeNull();
    await kill(other);
  });
});

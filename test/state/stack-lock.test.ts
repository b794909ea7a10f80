import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MachineIdentity, processState, thisMachine } from "../../src/os/process-identity.ts";
import { FolderFiles } from "../../src/state/folder-files.ts";
import { leaseSeconds, readLock, StackLock } from "../../src/state/stack-lock.ts";
import { firstLine, kill, startScript } from "./children.ts";

let folder: string;
let files: FolderFiles;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-lock-"));
  files = new FolderFiles(folder);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = { now: () => new Date() };
const elsewhere: MachineIdentity = { host: "atelier", boot: "b", processes: "pid:[1]" };

function at(iso: string) {
  return { now: () => new Date(iso) };
}

describe("the lock of a stack", () => {
  it("refuses a second holder and says who the first is", async () => {
    const child = startScript("hold-lock.ts", ["hold", folder]);
    await firstLine(child);
    const refused = StackLock.acquire({ files, operation: "up", clock });
    await expect(refused).rejects.toMatchObject({ code: "stack-locked", exit: 4 });
    await expect(refused).rejects.toThrow(new RegExp(`rush.*process ${child.pid}`));
    expect(await readLock(files)).toMatchObject({ dead: false, holder: { operation: "rush" } });
    await kill(child);
  });

  it("is taken over from a holder on this machine that was killed, and tells who that was", async () => {
    const child = startScript("hold-lock.ts", ["hold", folder]);
    await firstLine(child);
    await kill(child);
    expect((await readLock(files))?.dead).toBe(true);
    await using lock = await StackLock.acquire({ files, operation: "up", clock });
    expect(lock.previous?.process.pid).toBe(child.pid);
    expect(lock.previous?.operation).toBe("rush");
  });

  it("hands on whom nobody has looked after, also past a holder that gave up before it did", async () => {
    const gone = { pid: process.pid, startTicks: "1" };
    const first = await StackLock.acquire({ files, operation: "rush", clock, process: gone });
    const second = await StackLock.acquire({ files, operation: "up", clock, process: gone });
    const third = await StackLock.acquire({ files, operation: "up", clock });
    expect(third.unsettled).toEqual([first.holder.id, second.holder.id]);
    await third.release();
    const fourth = await StackLock.acquire({ files, operation: "up", clock });
    expect(fourth.unsettled).toHaveLength(2);
    await fourth.settle();
    await fourth.release();
    await using fifth = await StackLock.acquire({ files, operation: "up", clock });
    expect(fifth.unsettled).toEqual([]);
  });

  it("is not fooled by a process that got the number of the dead one", async () => {
    const reused = { pid: process.pid, startTicks: "1" };
    await StackLock.acquire({ files, operation: "rush", clock, process: reused });
    await using lock = await StackLock.acquire({ files, operation: "up", clock });
    expect(lock.previous?.process).toEqual(reused);
  });

  const whole = { ...thisMachine(), host: "atelier", id: "one", processes: "pid:[4026531836]" };
  const tenO = at("2026-01-01T10:00:00Z");
  const twoMinutesLater = at("2026-01-01T10:02:00Z");
  const before = { ...whole, boot: "before" };

  it("counts a holder from before a restart of the machine as dead, once its lease is over", async () => {
    await StackLock.acquire({ files, operation: "rush", clock: tenO, machine: before });
    await expect(StackLock.acquire({ files, operation: "up", clock: tenO, machine: whole })).rejects.toMatchObject({
      code: "stack-locked",
    });
    await using lock = await StackLock.acquire({ files, operation: "up", clock: twoMinutesLater, machine: whole });
    expect(lock.previous?.operation).toBe("rush");
  });

  const { id: _, ...nameless } = whole;
  it.each([
    ["machines of one name with ids of their own", { ...before, id: "two" }, whole],
    ["machines of one name without ids", { ...nameless, boot: "before" }, nameless],
    ["containers of one name and image", { ...before, processes: "pid:[1]" }, { ...whole, processes: "pid:[2]" }],
    [
      "containers whose namespaces happen to have one number",
      { ...before, processes: "pid:[7]" },
      { ...whole, processes: "pid:[7]" },
    ],
    ["containers of one name on one machine", { ...whole, processes: "pid:[1]" }, { ...whole, processes: "pid:[2]" }],
    ["a container and its machine", { ...whole, processes: "pid:[1]" }, whole],
  ])("does not take %s for one: a person decides, after the lease", async (_, machine, here) => {
    const first = await StackLock.acquire({ files, operation: "rush", clock: tenO, machine });
    const second = { files, operation: "up", clock: twoMinutesLater, machine: here };
    await expect(StackLock.acquire(second)).rejects.toMatchObject({
      code: "stack-locked",
      next: expect.stringContaining("--take-over"),
    });
    await expect(StackLock.acquire({ ...second, clock: tenO, takeOver: true })).rejects.toMatchObject({
      code: "stack-locked",
    });
    await using lock = await StackLock.acquire({ ...second, takeOver: true });
    expect(lock.previous?.id).toBe(first.holder.id);
    expect(lock.unsettledSince, "nothing of it is known to have died here").toBeUndefined();
  });

  it("says since when a stopped holder is silent, and which process to look at", async () => {
    const child = startScript("hold-lock.ts", ["hold", folder]);
    await firstLine(child);
    child.kill("SIGSTOP");
    await expect.poll(() => processState(child.pid ?? 0), { interval: 10 }).toBe("T");
    const soon = await readLock(files, new Date());
    expect(soon?.silence).toBeUndefined();
    const later = { now: () => new Date(Date.now() + 95_000) };
    await expect(StackLock.acquire({ files, operation: "up", clock: later, takeOver: true })).rejects.toMatchObject({
      code: "stack-locked",
      seen: expect.stringMatching(
        new RegExp(`no sign of life for \\d+ s.*process ${child.pid} is stopped by a signal .*state T`),
      ),
      next: expect.stringContaining(`kill -CONT ${child.pid}`),
    });
    expect((await readLock(files, later.now()))?.silence?.what).toContain("state T");
    await kill(child);
    await using lock = await StackLock.acquire({ files, operation: "up", clock });
    expect(lock.unsettledSince?.toISOString()).toBe(lock.previous?.since);
  });

  it("is given back", async () => {
    const first = await StackLock.acquire({ files, operation: "rush", clock });
    await first.release();
    expect(await readLock(files)).toBeUndefined();
    await using second = await StackLock.acquire({ files, operation: "up", clock });
    expect(second.previous).toBeUndefined();
    expect(await files.list("lock")).toHaveLength(1);
  });

  it("never has two holders, whoever comes when", async () => {
    const counter = join(folder, "counter");
    writeFileSync(counter, "");
    const locks = join(folder, "locks");
    const children = [0, 1, 2].map(() => startScript("hold-lock.ts", ["count", locks, counter, "40"]));
    const codes = await Promise.all(children.map(async (child) => (await once(child, "exit"))[0] as number));
    expect(codes).toEqual([0, 0, 0]);
    expect(readFileSync(counter, "utf8")).toHaveLength(120);
  });
});

describe("a holder on another machine", () => {
  const held = () =>
    StackLock.acquire({ files, operation: "rush", clock: at("2026-01-01T10:00:00Z"), machine: elsewhere });

  it("keeps its lock after the lease too, unless a person takes over", async () => {
    await (await held()).renew();
    const later = at("2026-01-01T12:00:00Z");
    await expect(StackLock.acquire({ files, operation: "up", clock: later })).rejects.toMatchObject({
      code: "stack-locked",
      next: expect.stringContaining("--take-over"),
    });
  });

  it("keeps it within the lease even then", async () => {
    await held();
    const soon = { now: () => new Date(Date.parse("2026-01-01T10:00:00Z") + (leaseSeconds - 1) * 1000) };
    await expect(StackLock.acquire({ files, operation: "up", clock: soon, takeOver: true })).rejects.toMatchObject({
      code: "stack-locked",
    });
  });

  it("loses it to a takeover after the lease, once the copy of the state is made, and notices", async () => {
    const first = await held();
    const copied: string[] = [];
    await using second = await StackLock.acquire({
      files,
      operation: "up",
      clock: at("2026-01-01T10:02:00Z"),
      takeOver: true,
      beforeTakeOver: async (holder) => {
        expect((await readLock(files))?.holder.id).toBe(first.holder.id);
        copied.push(holder.machine.host);
      },
    });
    expect(copied).toEqual(["atelier"]);
    expect(second.previous?.id).toBe(first.holder.id);
    await first.renew();
    expect(first.lost.aborted).toBe(true);
    await first.release();
    expect((await readLock(files))?.holder.id).toBe(second.holder.id);
  });
});

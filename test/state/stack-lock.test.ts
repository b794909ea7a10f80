import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type MachineIdentity, thisMachine } from "../../src/state/process-identity.ts";
import { leaseSeconds, readLock, StackLock } from "../../src/state/stack-lock.ts";
import { firstLine, kill, startScript } from "./children.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-lock-"));
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
    const refused = StackLock.acquire({ folder, operation: "up", clock });
    await expect(refused).rejects.toMatchObject({ code: "stack-locked", exit: 4 });
    await expect(refused).rejects.toThrow(new RegExp(`rush.*process ${child.pid}`));
    expect(readLock(folder)).toMatchObject({ dead: false, holder: { operation: "rush" } });
    await kill(child);
  });

  it("is taken over from a holder on this machine that was killed, and tells who that was", async () => {
    const child = startScript("hold-lock.ts", ["hold", folder]);
    await firstLine(child);
    await kill(child);
    expect(readLock(folder)?.dead).toBe(true);
    using lock = await StackLock.acquire({ folder, operation: "up", clock });
    expect(lock.previous?.process.pid).toBe(child.pid);
    expect(lock.previous?.operation).toBe("rush");
  });

  it("hands on whom nobody has looked after, also past a holder that gave up before it did", async () => {
    const gone = { pid: process.pid, startTicks: "1" };
    const first = await StackLock.acquire({ folder, operation: "rush", clock, process: gone });
    const second = await StackLock.acquire({ folder, operation: "up", clock, process: gone });
    const third = await StackLock.acquire({ folder, operation: "up", clock });
    expect(third.unsettled).toEqual([first.holder.id, second.holder.id]);
    third.release();
    const fourth = await StackLock.acquire({ folder, operation: "up", clock });
    expect(fourth.unsettled).toHaveLength(2);
    fourth.settle();
    fourth.release();
    using fifth = await StackLock.acquire({ folder, operation: "up", clock });
    expect(fifth.unsettled).toEqual([]);
  });

  it("is not fooled by a process that got the number of the dead one", async () => {
    const reused = { pid: process.pid, startTicks: "1" };
    await StackLock.acquire({ folder, operation: "rush", clock, process: reused });
    using lock = await StackLock.acquire({ folder, operation: "up", clock });
    expect(lock.previous?.process).toEqual(reused);
  });

  it("counts a holder from before a restart of the machine as dead", async () => {
    await StackLock.acquire({ folder, operation: "rush", clock, machine: { ...thisMachine(), boot: "before" } });
    using lock = await StackLock.acquire({ folder, operation: "up", clock });
    expect(lock.previous?.operation).toBe("rush");
  });

  it("is given back", async () => {
    const first = await StackLock.acquire({ folder, operation: "rush", clock });
    first.release();
    expect(readLock(folder)).toBeUndefined();
    using second = await StackLock.acquire({ folder, operation: "up", clock });
    expect(second.previous).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name.endsWith(".json"))).toHaveLength(1);
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
    StackLock.acquire({ folder, operation: "rush", clock: at("2026-01-01T10:00:00Z"), machine: elsewhere });

  it("keeps its lock after the lease too, unless a person takes over", async () => {
    (await held()).renew();
    const later = at("2026-01-01T12:00:00Z");
    await expect(StackLock.acquire({ folder, operation: "up", clock: later })).rejects.toMatchObject({
      code: "stack-locked",
      next: expect.stringContaining("--take-over"),
    });
  });

  it("keeps it within the lease even then", async () => {
    await held();
    const soon = { now: () => new Date(Date.parse("2026-01-01T10:00:00Z") + (leaseSeconds - 1) * 1000) };
    await expect(StackLock.acquire({ folder, operation: "up", clock: soon, takeOver: true })).rejects.toMatchObject({
      code: "stack-locked",
    });
  });

  it("loses it to a takeover after the lease, once the copy of the state is made, and notices", async () => {
    const first = await held();
    const copied: string[] = [];
    using second = await StackLock.acquire({
      folder,
      operation: "up",
      clock: at("2026-01-01T10:02:00Z"),
      takeOver: true,
      beforeTakeOver: async (holder) => {
        expect(readLock(folder)?.holder.id).toBe(first.holder.id);
        copied.push(holder.machine.host);
      },
    });
    expect(copied).toEqual(["atelier"]);
    expect(second.previous?.id).toBe(first.holder.id);
    first.renew();
    expect(first.lost.aborted).toBe(true);
    first.release();
    expect(readLock(folder)?.holder.id).toBe(second.holder.id);
  });
});

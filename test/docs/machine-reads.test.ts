import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { type MachineRead, machineReads } from "./machine-reads.ts";

const repository = resolve(import.meta.dirname, "..", "..");

interface Exception {
  /** A file, or a folder with a slash at its end. */
  readonly path: string;
  readonly what: readonly string[];
  readonly reason: string;
}

/** Everything else asks `host()`: docs/decisions/one-host.md. */
const exceptions: readonly Exception[] = [
  {
    path: "src/clouds/acme/authority.ts",
    what: ["generateKeyPairSync of node:crypto"],
    reason: "keys for an authority that browsers trust come from the system's own random source alone",
  },
  {
    path: "src/local-cloud/machines/",
    what: ["/proc", "process.getuid"],
    reason: "boots real machines, which are processes of the real one",
  },
];

function covers({ path, what }: Exception, read: MachineRead): boolean {
  return (path.endsWith("/") ? read.file.startsWith(path) : read.file === path) && what.includes(read.what);
}

it("reads time, timers, randomness, identity and the network in src/os/ alone", () => {
  const reads = machineReads(repository, ["src", "components"]);
  const inOs = reads.filter(({ file }) => file.startsWith("src/os/"));
  expect(inOs.map(({ what }) => what)).toEqual(expect.arrayContaining(["new Date()", "process.pid", "/proc", "fetch"]));
  const elsewhere = reads.filter((read) => !inOs.includes(read));
  expect(elsewhere.filter((read) => !exceptions.some((one) => covers(one, read)))).toEqual([]);
  for (const one of exceptions) {
    for (const what of one.what) {
      const used = elsewhere.some((read) => covers({ ...one, what: [what] }, read));
      expect(used, `the exception of ${one.path} for ${what}`).toBe(true);
    }
  }
});

it.each([
  ["Date.now();", "Date.now"],
  ["new Date();", "new Date()"],
  ["new Date;", "new Date()"],
  ["Date();", "Date()"],
  ["const clock = Date.now;", "Date.now"],
  ["const { now } = Date;", "Date.now"],
  ["performance.now();", "performance"],
  ["process.hrtime.bigint();", "process.hrtime"],
  ['import { Temporal } from "temporal-polyfill";\nTemporal.Now.instant();', "Temporal.Now"],
  ["setTimeout(() => undefined, 1);", "setTimeout"],
  ["const timers = { setTimeout };", "setTimeout"],
  ["globalThis.setInterval(() => undefined, 1);", "globalThis.setInterval"],
  ["setImmediate(() => undefined);", "setImmediate"],
  ['import { setTimeout as pause } from "node:timers/promises";\npause(1);', "node:timers/promises"],
  ['const { setTimeout: pause } = await import("timers/promises");\npause(1);', "node:timers/promises"],
  ["AbortSignal.timeout(1);", "AbortSignal.timeout"],
  ["Math.random();", "Math.random"],
  ['Math["random"]();', "Math.random"],
  ['import { createHash, randomBytes as bytes } from "crypto";', "randomBytes of node:crypto"],
  ['import * as crypto from "node:crypto";', "node:crypto"],
  ['import crypto from "node:crypto";', "node:crypto"],
  ['export { randomUUID } from "node:crypto";', "node:crypto"],
  ['process.getBuiltinModule("node:crypto");', "node:crypto"],
  ["crypto.randomUUID();", "crypto"],
  ["process.pid;", "process.pid"],
  ["const { pid, env } = process;", "process.pid"],
  ["globalThis.process.pid;", "process.pid"],
  ['import { pid } from "node:process";', "node:process"],
  ["process.kill(1, 0);", "process.kill"],
  ['import { hostname, tmpdir } from "node:os";', "hostname of node:os"],
  ['const place = "/proc/self/stat";', "/proc"],
  [`const place = (pid: number) => \`/proc/\${pid}/stat\`;`, "/proc"],
  ['const place = "/etc/machine-id";', "/etc/machine-id"],
  ['fetch("http://127.0.0.1");', "fetch"],
])("finds %j", (text, what) => {
  expect(readsOf(text)).toEqual([what]);
});

it.each([
  ["new Date(0).getTime(); Date.parse('2026-12-01'); Date.UTC(2026, 11);"],
  ["export const send = (socket: { setTimeout(ms: number): void }) => socket.setTimeout(1);"],
  ["export const end = (process: { kill(name: string): void }) => process.kill('SIGKILL');"],
  ["export const name = ({ process }: { process: { pid: number } }) => process.pid;"],
  ["export type Send = typeof fetch;"],
  ["export class Clock { fetch(): number { return this.fetch(); } }"],
  ["export const call = (fetch: (url: string) => void) => fetch('http://127.0.0.1');"],
  ["process.env.HOME; process.on('exit', () => undefined); process.exitCode = 1;"],
  ["Math.round(1.5); AbortSignal.any([]);"],
  ['import { createHash, timingSafeEqual } from "node:crypto";\nimport { tmpdir } from "node:os";'],
  ['import type { Timers } from "node:timers";'],
  ['const text = "see /proc/self/stat";'],
])("lets %j pass", (text) => {
  expect(readsOf(text)).toEqual([]);
});

function readsOf(text: string): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-reads-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "src", "deep", "planted.ts");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `export {};\n${text}\n`);
  return machineReads(folder, ["src"]).map(({ what }) => what);
}

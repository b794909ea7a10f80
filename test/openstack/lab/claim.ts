import { rmSync } from "node:fs";
import { BuildLock } from "../../../src/engine/build-lock.ts";
import { readIfThere, writeAtomically } from "../../../src/os/atomic-file.ts";
import { isAlive, type ProcessIdentity, thisMachine, thisProcess } from "../../../src/os/process-identity.ts";
import type { Place } from "./place.ts";

/** For whom an OpenStack runs: until a process ends, or until a person stops it. */
interface Claim {
  readonly boot: string;
  readonly until: ProcessIdentity | "stopped";
}

function file(place: Place): string {
  return place.run("claim.json");
}

/** What was written, also for a process that has ended meanwhile. */
export function readClaim(place: Place): Claim["until"] | undefined {
  const text = readIfThere(file(place));
  const claim = text === undefined ? undefined : (JSON.parse(text) as Claim);
  return claim?.boot === thisMachine().boot ? claim.until : undefined;
}

/** Whose it is: a living process's, a person's (`kept`), or nobody's. */
export function holder(place: Place): ProcessIdentity | "kept" | "nobody" {
  const until = readClaim(place);
  if (until === undefined) return "nobody";
  if (until === "stopped") return "kept";
  return isAlive(until) ? until : "nobody";
}

/** Says that it runs until this process ends. */
export function claimForThisProcess(place: Place): void {
  write(place, thisProcess());
}

/** Says that it runs until somebody stops it. */
export function claimUntilStopped(place: Place): void {
  write(place, "stopped");
}

function write(place: Place, until: Claim["until"]): void {
  writeAtomically(file(place), JSON.stringify({ boot: thisMachine().boot, until } satisfies Claim));
}

export function giveUpClaim(place: Place): void {
  rmSync(file(place), { force: true });
}

/** Only one process at a time takes a claim or stops what a claim was for: a late guard would else stop what was just started. */
export async function alone<T>(place: Place, work: () => Promise<T>): Promise<T> {
  const lock = await BuildLock.acquire({ folder: place.run("lock"), done: () => false, onWait: () => {} });
  try {
    return await work();
  } finally {
    lock?.release();
  }
}

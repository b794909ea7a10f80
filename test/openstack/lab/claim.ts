import { rmSync } from "node:fs";
import { readIfThere, writeAtomically } from "../../../src/state/atomic-file.ts";
import { isAlive, type ProcessIdentity, thisMachine, thisProcess } from "../../../src/state/process-identity.ts";
import type { Place } from "./place.ts";

/** For whom an OpenStack runs: until a process ends, or until a person stops it. */
interface Claim {
  readonly boot: string;
  readonly until: ProcessIdentity | "stopped";
}

function file(place: Place): string {
  return place.run("claim.json");
}

function read(place: Place): Claim | undefined {
  const text = readIfThere(file(place));
  const claim = text === undefined ? undefined : (JSON.parse(text) as Claim);
  return claim?.boot === thisMachine().boot ? claim : undefined;
}

/** Whose it is: a living process's, a person's (`kept`), or nobody's. */
export function holder(place: Place): ProcessIdentity | "kept" | "nobody" {
  const claim = read(place);
  if (claim === undefined) return "nobody";
  if (claim.until === "stopped") return "kept";
  return isAlive(claim.until) ? claim.until : "nobody";
}

/** Says that it runs until this process ends. */
export function claimForThisProcess(place: Place): void {
  writeAtomically(file(place), JSON.stringify({ boot: thisMachine().boot, until: thisProcess() } satisfies Claim));
}

/** Says that it runs until somebody stops it. */
export function claimUntilStopped(place: Place): void {
  writeAtomically(file(place), JSON.stringify({ boot: thisMachine().boot, until: "stopped" } satisfies Claim));
}

export function giveUpClaim(place: Place): void {
  rmSync(file(place), { force: true });
}

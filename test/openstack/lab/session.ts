import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { thisProcess } from "../../../src/os/process-identity.ts";
import { alone, claimForThisProcess, claimUntilStopped, giveUpClaim, holder } from "./claim.ts";
import { Daemons } from "./daemons.ts";
import type { Place } from "./place.ts";
import type { Progress } from "./progress.ts";
import { beside } from "./python.ts";
import { installPackages, lacking, missingPackages } from "./requirements.ts";
import { isMade, startOpenStack } from "./start.ts";

const startMinutes = 12;

/** An OpenStack on this machine, whoever started it, and how to end it. */
export class Session {
  readonly #place: Place;
  readonly #progress: Progress;
  /** Whether a person had left it running: then it is not ours to stop. */
  readonly #wasKept: boolean;

  private constructor(place: Place, progress: Progress, wasKept: boolean) {
    this.#place = place;
    this.#progress = progress;
    this.#wasKept = wasKept;
  }

  /**
   * Installs what is missing and starts OpenStack, or finds the one that is kept running. It stops with this process, however that ends, unless `keep`
   * is called.
   */
  static async open(place: Place, progress: Progress, signal: AbortSignal): Promise<Session> {
    const lacks = lacking();
    if (lacks.length > 0)
      throw new Error(`OpenStack cannot run here. It needs:\n${lacks.map((one) => `- ${one}`).join("\n")}`);
    place.prepare();
    if ((await take(place, progress)) === "kept") {
      progress.tell("OpenStack was left running, and is used as it is");
      return new Session(place, progress, true);
    }
    startGuard(place);
    const session = new Session(place, progress, false);
    try {
      await install(progress, signal);
      await session.#start(signal);
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  async #start(signal: AbortSignal): Promise<void> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(startMinutes * 60_000)]);
    // What was made half, or by other rules, is made again from nothing: no table knows how far it came.
    if (!isMade(this.#place)) {
      for (const folder of [this.#place.data(""), this.#place.etc("")])
        rmSync(folder, { recursive: true, force: true });
    }
    await startOpenStack({ place: this.#place, progress: this.#progress, signal: limit });
  }

  /** Lets it run after this process, until a person stops it. */
  keep(): void {
    claimUntilStopped(this.#place);
    this.#progress.tell("OpenStack goes on running; to stop it: npm run openstack -- stop");
  }

  /** Stops it, unless a person had left it running. */
  async close(): Promise<void> {
    if (!this.#wasKept) await stopOpenStack(this.#place, this.#progress);
  }
}

/** Stops every process of the folder's OpenStack. */
export async function stopOpenStack(place: Place, progress: Progress): Promise<void> {
  await alone(place, async () => {
    await new Daemons(place).stop();
    giveUpClaim(place);
  });
  progress.tell("OpenStack is stopped");
}

/** Makes the folder this process's, unless a person keeps an OpenStack running in it. */
function take(place: Place, progress: Progress): Promise<"kept" | "taken"> {
  return alone(place, async () => {
    const whose = holder(place);
    if (typeof whose === "object") {
      throw new Error(`process ${whose.pid} uses the OpenStack of ${place.folder}; end it, or choose another folder`);
    }
    if (whose === "kept" && new Daemons(place).running().length > 0) return "kept";
    await stopLeftovers(place, progress);
    claimForThisProcess(place);
    return "taken";
  });
}

async function stopLeftovers(place: Place, progress: Progress): Promise<void> {
  const daemons = new Daemons(place);
  const left = daemons.everyProcess().length;
  if (left === 0) return;
  progress.tell(`${left} processes of an earlier run were left; stopping them`);
  await daemons.stop();
}

async function install(progress: Progress, signal: AbortSignal): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  progress.tell(`installing ${missing.length} Debian packages and what they need`);
  await installPackages(missing, signal);
  progress.tell("installed");
}

function startGuard(place: Place): void {
  const { pid, startTicks } = thisProcess();
  const script = beside(import.meta.url, "./guard.ts");
  spawn(process.execPath, [script, place.folder, String(pid), startTicks], { detached: true, stdio: "ignore" }).unref();
}

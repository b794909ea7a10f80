import { installEngine } from "../../src/engine/install-engine.ts";
import { slowly } from "../slowly.ts";
import { Place } from "./lab/place.ts";
import type { Progress } from "./lab/progress.ts";
import { Session } from "./lab/session.ts";
import { stopRequest } from "./lab/stop-request.ts";
import { installProvider } from "./provider/install-provider.ts";

export interface Running {
  readonly place: Place;
  readonly progress: Progress;
  /** Aborts when a person asks to stop. */
  readonly signal: AbortSignal;
}

export interface WithOpenStackArgs {
  /** It is left running afterwards. */
  readonly keep: boolean;
  readonly progress: Progress;
  /** Gives the exit code. */
  readonly run: (running: Running) => Promise<number>;
}

/** Installs what is needed, starts a real OpenStack on loopback, runs something on it, stops it. The exit code of this process says how it went. */
export async function withOpenStack({ keep, progress, run }: WithOpenStackArgs): Promise<void> {
  const place = Place.fromEnvironment();
  const stop = new AbortController();
  const signal = AbortSignal.any([stopRequest(), stop.signal]);

  // Both mostly wait, for packages and for modules: side by side they take the time of the longer one.
  const programs = installPrograms(progress, signal);
  programs.catch(() => {});
  try {
    const session = await Session.open(place, progress, signal);
    try {
      await programs;
      process.exitCode = await run({ place, progress, signal });
    } finally {
      if (keep && !signal.aborted) session.keep();
      else await session.close();
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    stop.abort();
  }
  progress.tell(process.exitCode === 0 ? "done" : "failed");
}

async function installPrograms(progress: Progress, signal: AbortSignal): Promise<void> {
  const args = { env: process.env, onProgress: slowly((text) => progress.tell(text)), signal };
  await installEngine(args);
  const provider = await installProvider(args);
  progress.tell(`the engine and the real provider are there (${provider.path})`);
}

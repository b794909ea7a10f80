/**
 * `npm run test:openstack [-- [--keep] [--record] [vitest's arguments]]`: installs what is needed, starts a real OpenStack on loopback, runs the tests on it,
 * stops it. With --keep it is left running. With --record the answers to the sequences of operations are written down, instead of compared.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { installEngine } from "../../src/engine/install-engine.ts";
import { Place } from "./lab/place.ts";
import { Progress } from "./lab/progress.ts";
import { Session } from "./lab/session.ts";
import { stopRequest } from "./lab/stop-request.ts";
import { installProvider } from "./provider/install-provider.ts";

const TEST_MINUTES = 30;

const keep = process.argv.includes("--keep");
const record = process.argv.includes("--record");
const forVitest = process.argv.slice(2).filter((argument) => argument !== "--keep" && argument !== "--record");
const place = Place.fromEnvironment();
const progress = new Progress();
const stop = new AbortController();
const signal = AbortSignal.any([stopRequest(), stop.signal]);

// Both mostly wait, for packages and for modules: side by side they take the time of the longer one.
const programs = installPrograms();
programs.catch(() => {});
try {
  const session = await Session.open(place, progress, signal);
  try {
    await programs;
    process.exitCode = await runTests();
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

async function installPrograms(): Promise<void> {
  const env = process.env;
  const onProgress = slowly((text) => progress.tell(text));
  await installEngine({ env, onProgress, signal });
  const provider = await installProvider({ env, onProgress, signal });
  progress.tell(`the engine and the real provider are there (${provider.path})`);
}

/** At most one line in ten seconds. */
function slowly(tell: (text: string) => void): (text: string) => void {
  let last = Number.NEGATIVE_INFINITY;
  return (text) => {
    if (performance.now() - last < 10_000) return;
    last = performance.now();
    tell(text);
  };
}

/** Vitest, in a process group of its own, so that it can be ended whole. */
async function runTests(): Promise<number> {
  const child = spawn("vitest", ["run", "--config", "test/openstack/vitest.config.ts", ...forVitest], {
    stdio: "inherit",
    detached: true,
    env: {
      ...process.env,
      LOR_INFRA_OPENSTACK_FOLDER: place.folder,
      ...(record ? { LOR_INFRA_TEST_RECORD: "yes" } : {}),
    },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
  const limit = AbortSignal.any([signal, AbortSignal.timeout(TEST_MINUTES * 60_000)]);
  const end = async () => {
    progress.tell(signal.aborted ? "stopping" : `the tests took more than ${TEST_MINUTES} minutes; stopping`);
    signalGroup(child.pid, "SIGTERM");
    await Promise.race([ended, pause(10_000, undefined, { ref: false })]);
    if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid, "SIGKILL");
  };
  limit.addEventListener("abort", end, { once: true });
  try {
    return await ended;
  } finally {
    limit.removeEventListener("abort", end);
  }
}

function signalGroup(leader: number | undefined, name: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, name);
  } catch {
    // It has ended meanwhile.
  }
}

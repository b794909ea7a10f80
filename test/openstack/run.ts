/**
 * `npm run test:openstack [-- [--keep] [--record] [vitest's arguments]]`: installs what is needed, starts a real OpenStack on loopback, runs the tests on it,
 * stops it. With --keep it is left running. With --record the answers to the sequences of operations are written down, instead of compared.
 */
import { spawn } from "node:child_process";
import { setTimeout as pause } from "node:timers/promises";
import { Progress } from "./lab/progress.ts";
import { type Running, withOpenStack } from "./with-openstack.ts";

const TEST_MINUTES = 30;

const keep = process.argv.includes("--keep");
const record = process.argv.includes("--record");
const forVitest = process.argv.slice(2).filter((argument) => argument !== "--keep" && argument !== "--record");

await withOpenStack({ keep, progress: new Progress(), run: runTests });

/** Vitest, in a process group of its own, so that it can be ended whole. */
async function runTests({ place, progress, signal }: Running): Promise<number> {
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

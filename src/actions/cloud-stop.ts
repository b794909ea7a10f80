import { setTimeout as pause } from "node:timers/promises";
import { processStartTicks } from "../local-cloud/process-identity.ts";
import type { CloudRuntime } from "../local-cloud/runtime.ts";
import { readRuntime } from "../local-cloud/runtime-file.ts";
import { cloudFolder } from "./cloud-connection.ts";

/** Time that the cloud has to end by itself, milliseconds; what it holds is safe either way. */
const PATIENCE_MS = 10_000;

/** Stops the local cloud of a state folder; what it holds stays. @returns false when none ran */
export async function stopCloud(home: string): Promise<boolean> {
  const runtime = readRuntime(cloudFolder(home));
  if (runtime === undefined) return false;
  signal(runtime, "SIGTERM");
  const end = Date.now() + PATIENCE_MS;
  while (isThere(runtime) && Date.now() < end) await pause(20);
  if (isThere(runtime)) signal(runtime, "SIGKILL");
  while (isThere(runtime)) await pause(20);
  return true;
}

function isThere(runtime: CloudRuntime): boolean {
  return processStartTicks(runtime.pid) === runtime.startTicks;
}

function signal(runtime: CloudRuntime, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(runtime.pid, name);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

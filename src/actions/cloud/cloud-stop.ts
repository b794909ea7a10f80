import { setTimeout as pause } from "node:timers/promises";
import type { CloudRuntime } from "../../local-cloud/kernel/runtime.ts";
import { readRuntime } from "../../local-cloud/kernel/runtime-file.ts";
import { isAlive } from "../../os/process-identity.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";

/** Grace period for the cloud to end, in milliseconds; its data is safe either way. */
const patienceMs = 10_000;

/** Stops the local cloud of a state folder and keeps its data. @returns false when none was running */
export async function stopCloud(home: string): Promise<boolean> {
  const runtime = readRuntime(cloudFolder(home));
  if (runtime === undefined) return false;
  signal(runtime, "SIGTERM");
  const end = Date.now() + patienceMs;
  while (isAlive(runtime) && Date.now() < end) await pause(20);
  if (isAlive(runtime)) signal(runtime, "SIGKILL");
  while (isAlive(runtime)) await pause(20);
  return true;
}

function signal(runtime: CloudRuntime, name: "SIGTERM" | "SIGKILL"): void {
  try {
    process.kill(runtime.pid, name);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

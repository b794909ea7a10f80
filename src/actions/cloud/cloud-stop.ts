import { existsSync } from "node:fs";
import { isClaimed } from "../../local-cloud/kernel/folder-claim.ts";
import type { CloudRuntime } from "../../local-cloud/kernel/runtime.ts";
import { readRuntime } from "../../local-cloud/kernel/runtime-file.ts";
import { host, systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import { isAlive } from "../../os/process-identity.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";

/** Grace period for the cloud to end, in milliseconds; its data is safe either way. */
const patienceMs = 10_000;

/** Longest wait for a cloud that is starting, in milliseconds: until it serves nobody knows its process. */
const startPatienceMs = 30_000;

/** Stops the local cloud of a state folder, also one that is starting, and keeps its data. @returns false when none was running */
export async function stopCloud(home: string): Promise<boolean> {
  const folder = cloudFolder(home);
  if (!existsSync(folder)) return false;
  const { seen: runtime } = await poll({
    look: () => readRuntime(folder),
    good: (found) => found !== undefined || !isClaimed(folder),
    interval: 20,
    limit: startPatienceMs,
    clock: systemClock,
  });
  if (runtime === undefined) return false;
  signal(runtime, "SIGTERM");
  const end = (limit: number) =>
    poll({ look: () => isAlive(runtime), good: (alive) => !alive, interval: 20, limit, clock: systemClock });
  if ((await end(patienceMs)).good) return true;
  signal(runtime, "SIGKILL");
  await end(Number.POSITIVE_INFINITY);
  return true;
}

function signal(runtime: CloudRuntime, name: "SIGTERM" | "SIGKILL"): void {
  try {
    host().processes.signal(runtime.pid, name);
  } catch (error) {
    // It ended in between.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

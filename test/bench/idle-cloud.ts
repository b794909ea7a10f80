import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { cloudFolder, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { TestProject } from "../e2e/project.ts";
import { withFronts } from "./fronts.ts";
import type { Figure } from "./measure.ts";

const measuredSeconds = 60;

/** Largest share of one core, percent. */
const cpuLimit = 1;

/** Linux counts a process's time in hundredths of a second, whatever the kernel's own clock. */
const ticksPerSecond = 100;

/** What the local cloud of a created shop takes while nobody calls it. */
export async function idleCloud(fronts: number): Promise<Figure> {
  const project = new TestProject();
  try {
    withFronts(project, fronts);
    const up = await project.run(["up", "--yes"]);
    if (up.code !== 0) throw new Error(`up failed:\n${up.stdout}\n${up.stderr}`);
    const { runtime } = requireLocalCloud(cloudFolder(project.home));
    const before = processorSeconds(runtime.pid);
    await pause(measuredSeconds * 1000);
    const share = ((processorSeconds(runtime.pid) - before) / measuredSeconds) * 100;
    return {
      name: `processor time of an idle local cloud with ${fronts} fronts, over ${measuredSeconds} s`,
      seen: `${share.toFixed(2)} % of a core`,
      limit: `${cpuLimit} %`,
      within: share <= cpuLimit,
    };
  } finally {
    await project.dispose();
  }
}

/** User and system time of a process: fields 14 and 15 of /proc/PID/stat, counted after the name in parentheses. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

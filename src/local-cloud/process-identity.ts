import { readFileSync } from "node:fs";

/**
 * Start time of a process in clock ticks since boot: a pid that was given out again shows another one.
 * @returns undefined when there is no such process, or none that runs (a zombie has ended).
 */
export function processStartTicks(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The command name, in parentheses, may hold spaces: the fields count from the last parenthesis (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  return state === "Z" || state === "X" ? undefined : fields[19];
}

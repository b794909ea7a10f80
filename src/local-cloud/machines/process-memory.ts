import { readFileSync } from "node:fs";
import { childrenOf } from "./sandbox.ts";

/** A process and everything that it has started, by number. */
export function processTree(root: number): readonly number[] {
  const found: number[] = [];
  const queue = [root];
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    found.push(pid);
    queue.push(...childrenOf(pid));
  }
  return found;
}

/**
 * Memory of processes in MiB, the part of each that is theirs: the sum of their proportional set sizes.
 * Source: kernel.org/doc/Documentation/filesystems/proc.txt, smaps_rollup.
 */
export function memoryOf(pids: readonly number[]): number {
  return Math.round(pids.reduce((sum, pid) => sum + proportionalSize(pid), 0) / 1024);
}

/** In KiB. */
function proportionalSize(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

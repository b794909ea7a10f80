import { spawnSync } from "node:child_process";

/** Seconds of each run, smallest first. */
export type Times = readonly number[];

export function median(times: Times): number {
  const sorted = [...times].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** Wall time of a whole command, seconds. @throws when it ends with another code than expected */
export function timeCommand(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string | undefined>; readonly expected?: number },
): number {
  const [file = "", ...args] = command;
  const began = performance.now();
  const run = spawnSync(file, args, { cwd: options.cwd, env: options.env, encoding: "utf8" });
  const seconds = (performance.now() - began) / 1000;
  if (run.status !== (options.expected ?? 0)) {
    throw new Error(`${command.join(" ")} ended with ${run.status}:\n${run.stdout}\n${run.stderr}`);
  }
  return seconds;
}

/** Wall and processor time of a whole command with its children, in seconds. @throws when it fails */
export function timeProcess(
  command: readonly string[],
  options: { readonly cwd: string; readonly env: Record<string, string | undefined> },
): { readonly wall: number; readonly processor: number } {
  const script = 'TIMEFORMAT="%R %U %S"; time "$@" >/dev/null';
  const run = spawnSync("bash", ["-c", script, "bash", ...command], { ...options, encoding: "utf8" });
  if (run.status !== 0) throw new Error(`${command.join(" ")} ended with ${run.status}:\n${run.stderr}`);
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = run.stderr
    .trim()
    .split(/\s+/)
    .slice(-3)
    .map(Number);
  return { wall, processor: user + system };
}

/** Runs both in turn, so that a noisy machine disturbs them alike. */
export function alternate<T>(
  rounds: number,
  first: () => T,
  second: () => T,
): { readonly first: readonly T[]; readonly second: readonly T[] } {
  const runs = { first: [] as T[], second: [] as T[] };
  for (let round = 0; round < rounds; round += 1) {
    runs.first.push(first());
    runs.second.push(second());
  }
  return runs;
}

export interface Figure {
  readonly name: string;
  readonly seen: string;
  /** Undefined: it is only shown. */
  readonly limit: string | undefined;
  readonly within: boolean;
}

export function printFigures(figures: readonly Figure[]): void {
  for (const { name, seen, limit, within } of figures) {
    const verdict =
      limit === undefined ? `· ${name}: ${seen}` : `${within ? "✓" : "✗"} ${name}: ${seen} (limit ${limit})`;
    process.stdout.write(`${verdict}\n`);
  }
}

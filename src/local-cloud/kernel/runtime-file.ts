import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../os/process-identity.ts";
import type { CloudRuntime } from "./runtime.ts";

const FILE = "runtime.json";

/** What another process needs to reach the cloud of this folder; undefined when none runs there. */
export function readRuntime(folder: string): CloudRuntime | undefined {
  const runtime = recorded(folder);
  return runtime !== undefined && isAlive(runtime) ? runtime : undefined;
}

/** Its cloud was killed or ended in an exception: one that is stopped takes its file away. */
export function endedUnasked(folder: string): boolean {
  const runtime = recorded(folder);
  return runtime !== undefined && !isAlive(runtime);
}

/** Whole or not at all, and readable by nobody else: it holds the token. */
export function writeRuntime(folder: string, runtime: CloudRuntime): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${FILE}.${runtime.pid}`);
  writeFileSync(temporary, `${JSON.stringify(runtime, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, join(folder, FILE));
}

/** Takes the file away, unless another process has written its own since. */
export function removeRuntime(folder: string, pid: number): void {
  if (recorded(folder)?.pid === pid) rmSync(join(folder, FILE), { force: true });
}

function recorded(folder: string): CloudRuntime | undefined {
  try {
    const value = JSON.parse(readFileSync(join(folder, FILE), "utf8")) as Partial<CloudRuntime>;
    return value.version === 1 && typeof value.pid === "number" ? (value as CloudRuntime) : undefined;
  } catch {
    return undefined;
  }
}

import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../../os/process-identity.ts";
import type { CloudRuntime } from "./runtime.ts";

const runtimeFileName = "runtime.json";

/** Connection data of the local cloud that runs in this folder; undefined when none runs. */
export function readRuntime(folder: string): CloudRuntime | undefined {
  const runtime = recorded(folder);
  return runtime !== undefined && isAlive(runtime) ? runtime : undefined;
}

/** Whether the local cloud of this folder was killed or crashed: a clean stop removes the file. */
export function endedUnasked(folder: string): boolean {
  const runtime = recorded(folder);
  return runtime !== undefined && !isAlive(runtime);
}

/** Writes the file atomically with mode 0600, because it holds the token. */
export function writeRuntime(folder: string, runtime: CloudRuntime): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `${runtimeFileName}.${runtime.pid}`);
  writeFileSync(temporary, `${JSON.stringify(runtime, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, join(folder, runtimeFileName));
}

/** Removes the file, unless another process has written its own since. */
export function removeRuntime(folder: string, pid: number): void {
  if (recorded(folder)?.pid === pid) rmSync(join(folder, runtimeFileName), { force: true });
}

function recorded(folder: string): CloudRuntime | undefined {
  try {
    const value = JSON.parse(readFileSync(join(folder, runtimeFileName), "utf8")) as Partial<CloudRuntime>;
    return value.version === 1 && typeof value.pid === "number" ? (value as CloudRuntime) : undefined;
  } catch {
    return undefined;
  }
}

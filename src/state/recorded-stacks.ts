import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readProjectName } from "../config/raw-project.ts";
import { stackFolder, stateHome } from "./stack-folder.ts";

/**
 * Stacks of a project that have a state in this machine's state folder, including destroyed ones whose state is kept.
 * @param cloud default: every cloud
 */
export function recordedStacks(
  dir: string,
  env: Readonly<Record<string, string | undefined>>,
  cloud?: string,
): readonly string[] {
  const home = stateHome(dir, env);
  const inHome = list(home);
  const project = inHome.length === 0 ? undefined : readProjectName(dir);
  if (project === undefined) return [];
  const clouds = cloud === undefined ? inHome : [cloud];
  return clouds.flatMap((one) => {
    const folder = join(stackFolder(home, one, "").backend, ".pulumi", "stacks", project);
    return list(folder).flatMap((file) => /^([a-z][a-z0-9-]*)\.json(?:\.gz)?$/.exec(file)?.[1] ?? []);
  });
}

/** Empty for a folder that does not exist. */
function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

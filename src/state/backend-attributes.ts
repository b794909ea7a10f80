import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SharedFiles } from "./shared-files.ts";

/**
 * Parameter of a file backend's URL: the engine then writes no attributes file beside each of its files. It writes that file in place, before it
 * renames the state file: an engine killed in between leaves it empty, and every later one fails with "failed to load checkpoint: EOF" (seen,
 * 3.259.0; gocloud.dev fileblob, `setAttrs`).
 */
export const withoutAttributes = "?metadata=skip";

/** Removes attributes files that a killed engine left; plain `pulumi` still writes them. Nothing needs them. */
export function removeBrokenAttributes(backend: string, project: string, stack: string): void {
  const root = join(backend, ".pulumi");
  const folders = [root, join(root, "stacks", project), join(root, "locks", "organization", project, stack)];
  for (const folder of folders) {
    for (const name of filesOf(folder)) {
      const path = join(folder, name);
      if (name.endsWith(".attrs") && !isWhole(path)) {
        rmSync(path, { force: true });
      }
    }
  }
}

/**
 * Makes the engine keep its files by project. Without this file the engine derives the layout from existing files or from
 * PULUMI_DIY_BACKEND_LEGACY_LAYOUT; an empty file, left by a power cut, fails every command ("corrupt store: missing version in
 * .pulumi/meta.yaml").
 */
export async function requireProjectLayout(backend: SharedFiles): Promise<void> {
  const path = ".pulumi/meta.yaml";
  const text = await backend.read(path);
  if (text === undefined || text.replaceAll("\0", "").trim() === "") await backend.write(path, "version: 1\n");
}

function isWhole(path: string): boolean {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return true;
  } catch {
    return false;
  }
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    // The backend is still empty.
    return [];
  }
}

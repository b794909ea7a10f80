import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { SharedFiles } from "./shared-files.ts";

/**
 * Added to the URL of a file backend: the engine writes no file of attributes beside each of its files. It writes that one in place, before it
 * renames the file itself: an engine killed between the two leaves it empty, and every later one fails with "failed to load
 * checkpoint: EOF" (seen, 3.259.0; gocloud.dev fileblob, `setAttrs`).
 */
export const withoutAttributes = "?metadata=skip";

/** Removes what a killed engine left of such files: plain `pulumi` still writes them. Nothing needs them. */
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
 * Makes the engine keep its files by project. Without this file it goes by what else it finds, or by PULUMI_DIY_BACKEND_LEGACY_LAYOUT; an empty one,
 * which a power cut leaves, stops every command ("corrupt store: missing version in .pulumi/meta.yaml").
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
    // Nothing was ever written there.
    return [];
  }
}

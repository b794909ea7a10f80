import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Folder of this package; compiled code is one folder deeper than the source. */
export const packageFolder: string = findPackage(import.meta.dirname);

export const version: string = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")).version;

function findPackage(folder: string): string {
  try {
    if (JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).name === "lor-infra") return folder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  if (dirname(folder) === folder) throw new Error("the package's own package.json is missing");
  return findPackage(dirname(folder));
}

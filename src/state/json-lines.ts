import type { SharedFiles } from "./shared-files.ts";

/** Every whole line of a file of JSON lines; none when there is no such file. One that a crash cut is left out. */
export async function readJsonLines<T>(files: SharedFiles, path: string): Promise<readonly T[]> {
  const text = (await files.read(path)) ?? "";
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

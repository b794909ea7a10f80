import type { SharedFiles } from "./shared-files.ts";

/** The complete lines of a JSON lines file; none when the file does not exist. A line cut off by a crash is omitted. */
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

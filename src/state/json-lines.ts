import type { SharedFiles } from "./shared-files.ts";

/** The complete lines of a JSON lines file; none when the file does not exist. A line cut off by a crash is omitted. */
export async function readJsonLines<T>(files: SharedFiles, path: string): Promise<readonly T[]> {
  return parseJsonLines((await files.read(path)) ?? "");
}

/** The complete lines of a text. A line cut off by a crash is omitted. */
export function parseJsonLines<T>(text: string): readonly T[] {
  return text.split("\n").flatMap((line) => {
    try {
      return line === "" ? [] : [JSON.parse(line) as T];
    } catch {
      return [];
    }
  });
}

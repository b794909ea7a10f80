import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Lines that the reason of an end takes at most: Node's own report of an exception with its stack. */
const keptLines = 8;

/** Standard output and error of the local cloud's process: empty unless it ends in an exception. */
export function logFile(folder: string): string {
  return join(folder, "cloud.log");
}

/** The end of its log; empty when it wrote nothing. */
export function lastWords(folder: string): string {
  try {
    return readFileSync(logFile(folder), "utf8").trim().split("\n").slice(-keptLines).join("\n");
  } catch {
    return "";
  }
}

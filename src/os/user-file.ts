import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** Reason why a file named by the user is refused. */
interface FileFault {
  /** Error code; `file-missing` when it does not exist. */
  readonly code:
    | "file-is-folder"
    | "file-missing"
    | "file-not-regular"
    | "file-not-utf8"
    | "file-too-large"
    | "file-unreadable"
    | "file-with-bom";
  /** Completes "the file …", such as `is a folder`. */
  readonly reason: string;
  readonly accepted: string;
}

export type FileContent<T> =
  | { readonly ok: true; readonly content: T }
  | { readonly ok: false; readonly fault: FileFault };

const mebibyte = 1024 * 1024;

/**
 * Reads a regular file named by the user. It is opened once, without blocking on a pipe, and checked and read through that descriptor, so that it
 * cannot be exchanged in between.
 * @param largest maximum number of bytes; default 1 MiB
 */
export function readUserFile(path: string, largest = mebibyte): FileContent<Buffer> {
  let descriptor: number;
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
  try {
    const stats = fstatSync(descriptor);
    if (stats.isDirectory()) return { ok: false, fault: folder };
    if (!stats.isFile()) return { ok: false, fault: special };
    const content = readAtMost(descriptor, largest);
    return content === undefined ? { ok: false, fault: tooLarge(largest) } : { ok: true, content };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  } finally {
    closeSync(descriptor);
  }
}

/** The same for a text: UTF-8 without a byte order mark. */
export function readUserText(path: string, largest = mebibyte): FileContent<string> {
  const read = readUserFile(path, largest);
  if (!read.ok) return read;
  const { content } = read;
  if (content.subarray(0, 3).equals(byteOrderMark)) return { ok: false, fault: marked };
  if (content.includes(0)) return { ok: false, fault: notText };
  try {
    return { ok: true, content: new TextDecoder("utf-8", { fatal: true }).decode(content) };
  } catch {
    return { ok: false, fault: notText };
  }
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

const missing: FileFault = { code: "file-missing", reason: "does not exist", accepted: "a regular file" };
const folder: FileFault = { code: "file-is-folder", reason: "is a folder", accepted: "a regular file" };
const special: FileFault = {
  code: "file-not-regular",
  reason: "is a pipe, a socket or a device",
  accepted: "a regular file",
};
const notText: FileFault = { code: "file-not-utf8", reason: "is not text in UTF-8", accepted: "text in UTF-8" };
const marked: FileFault = {
  code: "file-with-bom",
  reason: "begins with a byte order mark",
  accepted: "UTF-8 without a byte order mark",
};

function tooLarge(largest: number): FileFault {
  return {
    code: "file-too-large",
    reason: `is larger than ${largest / mebibyte} MiB`,
    accepted: `at most ${largest} bytes`,
  };
}

function faultOf(error: unknown): FileFault {
  const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
  if (code === "ENOENT" || code === "ENOTDIR") return missing;
  // A socket, or a device without a driver, cannot be opened.
  if (code === "ENXIO" || code === "ENODEV") return special;
  return {
    code: "file-unreadable",
    reason: `cannot be read (${code})`,
    accepted: "a file that this user may read",
  };
}

/** Undefined: there is more. The size reported by the system is unreliable: a file of /proc has none, another one grows. */
function readAtMost(descriptor: number, largest: number): Buffer | undefined {
  const chunks: Buffer[] = [];
  let length = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(64 * 1024);
    const read = readSync(descriptor, chunk, 0, chunk.length, null);
    if (read === 0) return Buffer.concat(chunks);
    length += read;
    if (length > largest) return undefined;
    chunks.push(chunk.subarray(0, read));
  }
}

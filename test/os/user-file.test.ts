import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readUserFile, readUserText } from "../../src/os/user-file.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-infra-file-"));
afterAll(() => rmSync(folder, { recursive: true }));

const place = (name: string) => join(folder, name);

function written(name: string, content: string | Buffer): string {
  writeFileSync(place(name), content);
  return place(name);
}

function codeOf(path: string): string | undefined {
  const read = readUserText(path);
  return read.ok ? undefined : read.fault.code;
}

it("reads a text of exactly 1 MiB, and no byte more", () => {
  const text = "é".repeat(512 * 1024);
  expect(readUserText(written("full", text))).toEqual({ ok: true, content: text });
  expect(codeOf(written("over", `${text}x`))).toBe("file-too-large");
});

it("reads bytes that are no text, and an empty file", () => {
  const bytes = Buffer.from([0xff, 0xfe, 0]);
  expect(readUserFile(written("bytes", bytes))).toEqual({ ok: true, content: bytes });
  expect(readUserText(written("empty", ""))).toEqual({ ok: true, content: "" });
});

it("follows a link, and reads a file whose size the system does not report", () => {
  symlinkSync(written("target", "text"), place("link"));
  expect(readUserText(place("link"))).toEqual({ ok: true, content: "text" });
  expect(readUserText("/proc/self/status")).toMatchObject({ ok: true, content: expect.stringContaining("Pid:") });
});

it.each<readonly [string, () => string, string]>([
  ["a text in another encoding", () => written("latin", Buffer.from("été", "latin1")), "file-not-utf8"],
  ["a byte order mark", () => written("bom", "\ufefftext"), "file-with-bom"],
  ["a folder", () => folder, "file-is-folder"],
  ["a device", () => "/dev/zero", "file-not-regular"],
  ["no file", () => place("none"), "file-missing"],
  ["a path through a file", () => join(written("inner", ""), "below"), "file-missing"],
])("refuses %s", (_, path, code) => {
  expect(codeOf(path())).toBe(code);
});

it("refuses a link to itself", () => {
  symlinkSync("loop", place("loop"));
  expect(codeOf(place("loop"))).toBe("file-unreadable");
});

it("refuses a named pipe without waiting for its other end", () => {
  execFileSync("mkfifo", [place("pipe")]);
  expect(codeOf(place("pipe"))).toBe("file-not-regular");
});

it("refuses a socket", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(place("socket"), resolve));
  expect(codeOf(place("socket"))).toBe("file-not-regular");
  server.close();
});

import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { asSystemError } from "../../src/os/system-error.ts";

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

const errno = (code: string, more: object = {}) => Object.assign(new Error(code), { code, syscall: "open", ...more });

it("says of a full disk what was refused and what to do", () => {
  const full = openSync("/dev/full", "w");
  const error = asSystemError(thrownBy(() => writeFileSync(full, "text")));
  closeSync(full);
  expect(error).toMatchObject({
    code: "system-refused",
    exit: 1,
    culprit: "user",
    message: "no space left: ENOSPC from write",
    next: "free some space (df -h), then the same command again",
  });
});

it("names who owns what this user may not read, or the nearest folder that can be looked at", () => {
  const path = join(tmpdir(), "lor-infra-none", "of", "these");
  const error = asSystemError(errno("EACCES", { path }));
  expect(error?.message).toBe(`permission denied: EACCES from open of ${path}`);
  expect(error?.seen).toMatch(
    new RegExp(`^${tmpdir()}: owner uid \\d+, mode \\d+; this user: .+, uid ${process.getuid?.()}$`),
  );
});

it("finds out why Node says ENOENT of a folder that cannot be made", () => {
  // /proc/sys is a folder in which nobody, root included, may make another one.
  const path = "/proc/sys/none/of/these";
  expect(asSystemError(errno("ENOENT", { syscall: "mkdir", path }))?.message).toMatch(
    /^(permission denied: EACCES|the file system is read-only: EROFS) from mkdir of \/proc\/sys\/none\/of\/these$/,
  );
  expect(asSystemError(errno("ENOENT", { syscall: "mkdir", path: join(tmpdir(), "a", "b") }))).toBeUndefined();
});

it("knows a name that is too long", () => {
  expect(asSystemError(thrownBy(() => readFileSync(join(tmpdir(), "x".repeat(300)))))?.message).toMatch(
    /^the path is too long: ENAMETOOLONG from open of /,
  );
});

it.each(["EPERM", "EROFS", "EDQUOT", "EIO", "ESTALE", "EMFILE", "ENFILE"])("knows %s", (code) => {
  expect(asSystemError(errno(code, { path: tmpdir() }))).toMatchObject({ code: "system-refused" });
});

it("leaves what is no refusal of a file to others", async () => {
  expect(asSystemError(new Error("EACCES"))).toBeUndefined();
  expect(asSystemError(errno("ENOENT", { path: "/none" }))).toBeUndefined();
  expect(asSystemError(Object.assign(new Error("kill"), { code: "EPERM", syscall: "kill" }))).toBeUndefined();
  const server = createServer();
  const error = await new Promise((resolve) => server.on("error", resolve).listen(1, "192.0.2.1"));
  expect(asSystemError(error)).toBeUndefined();
});

it("says of a current folder that was deleted where to go", () => {
  expect(asSystemError(errno("ENOENT", { syscall: "uv_cwd" }))).toMatchObject({
    code: "system-refused",
    message: "the current folder was deleted: ENOENT from uv_cwd",
    next: "cd to the folder of the settings, then the same command again",
  });
});

import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ProgramCache } from "../../src/engine/program-cache.ts";
import { completeUser, thisUser } from "../../src/os/user.ts";

// As in a container that runs as any user (`docker run --user 12345`): nothing in /etc/passwd for its number.
beforeEach(() => {
  vi.spyOn(os, "userInfo").mockImplementation(() => {
    throw new Error("A system error occurred: uv_os_get_passwd returned ENOENT (no such file or directory)");
  });
  syncBuiltinESMExports();
});
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});

const cache = (env: Record<string, string>) => new ProgramCache({ env, kind: "engine", key: "1", program: "pulumi" });

it("is named by its number", () => {
  expect(thisUser()).toBe(`uid-${process.getuid?.()}`);
});

it("finds the engine by XDG_CACHE_HOME or HOME, and is asked for one of them", () => {
  expect(cache({ XDG_CACHE_HOME: "/cache" }).folder).toBe("/cache/lor-infra/engine");
  expect(cache({ HOME: "/home/a" }).folder).toBe("/home/a/.cache/lor-infra/engine");
  for (const env of [{}, { HOME: "" }]) {
    expect(() => cache(env)).toThrow(expect.objectContaining({ code: "home-missing", path: "XDG_CACHE_HOME" }));
  }
});

it("has a name and a home in the environment of what is started", () => {
  const completed = (env: Record<string, string>) => {
    completeUser(env);
    return env;
  };
  const USER = thisUser();
  expect(completed({ HOME: "", XDG_CACHE_HOME: "/cache" })).toEqual({ USER, HOME: "/cache", XDG_CACHE_HOME: "/cache" });
  expect(completed({ USER: "", HOME: "/home/a" })).toEqual({ USER, HOME: "/home/a" });
  expect(completed({})).toEqual({ USER });
});

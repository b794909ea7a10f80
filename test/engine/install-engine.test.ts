import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { engineInstall } from "../../src/actions/engine/engine-install.ts";
import { engineStatus } from "../../src/actions/engine/engine-status.ts";
import { EngineCache } from "../../src/engine/engine-cache.ts";
import { engineKey, engineRecipes, engineVersion } from "../../src/engine/engine-recipes.ts";
import { installEngine } from "../../src/engine/install-engine.ts";
import { isNewEnough, locateEngine } from "../../src/engine/locate-engine.ts";
import { FakeMachine } from "./fake-programs.ts";

let machine: FakeMachine;

beforeEach(() => {
  machine = new FakeMachine();
});

afterEach(() => machine.remove());

const offline = async () => false;

/** Nothing but finished engines and locks may lie in the cache. */
function leftovers(): readonly string[] {
  const { folder } = new EngineCache(machine.env);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith(".")) : [];
}

describe("order", () => {
  test("an engine on PATH that is new enough comes first, and nothing is obtained", async () => {
    const path = machine.pulumi("3.300.1");
    machine.go();
    const expected = { found: true, path, version: "3.300.1", origin: "path" };

    expect(await locateEngine({ env: machine.env })).toEqual(expected);
    expect(await installEngine({ env: machine.env, download: offline })).toEqual(expected);
    expect(machine.builds).toBe(0);
  });

  test("one that is too old is passed over: the download is asked before a build", async () => {
    machine.pulumi("3.100.0");
    machine.go();
    const engine = await installEngine({
      env: machine.env,
      download: async (folder) => {
        copyFileSync(join(machine.env.PATH ?? "", "pulumi"), join(folder, "bin", "pulumi"));
        return true;
      },
    });

    expect(engine).toMatchObject({ origin: "download", version: engineVersion });
    expect(machine.builds).toBe(0);
    expect(await locateEngine({ env: machine.env })).toEqual({ ...engine, origin: "cache" });
  });

  test("without a download it is built, with its language host, and the next time it lies in the cache", async () => {
    machine.go();
    const told: string[] = [];
    const installed = await engineInstall({
      env: machine.env,
      download: offline,
      onProgress: (text) => told.push(text),
    });

    expect(installed).toMatchObject({ origin: "build", version: engineVersion });
    expect(installed.languageHost).toBe(join(installed.path, "..", "pulumi-language-nodejs"));
    expect(machine.builds).toBe(engineRecipes.length);
    expect(told).toContain("building pulumi");
    expect(await engineStatus({ env: machine.env })).toMatchObject({
      found: true,
      origin: "cache",
      path: installed.path,
      languageHost: installed.languageHost,
    });
    await engineInstall({ env: machine.env, download: offline });
    expect(machine.builds).toBe(engineRecipes.length);
    expect(leftovers()).toEqual([]);
  });

  test("a download that breaks off leaves nothing, and is followed by a build", async () => {
    machine.go();
    const engine = await installEngine({
      env: machine.env,
      download: async (folder) => {
        writeFileSync(join(folder, "half"), "");
        throw new Error("connection lost");
      },
    });

    expect(engine.origin).toBe("build");
    expect(leftovers()).toEqual([]);
  });

  test("with nothing at all, the error says what to install", async () => {
    machine.pulumi("3.100.0");
    // Go may be in its official folder, out of PATH's reach: then it is built from, which no test waits for.
    const goElsewhere = (await engineStatus({ env: machine.env })).go !== undefined;
    const run = goElsewhere
      ? locateEngine({ env: machine.env }).then((location) => Promise.reject("reason" in location && location.reason))
      : installEngine({ env: machine.env, download: offline });

    await expect(run).rejects.toMatchObject({
      code: "engine-missing",
      exit: 1,
      message: expect.stringContaining("pulumi 3.100.0 on PATH"),
      next: expect.stringContaining("https://go.dev/dl"),
    });
    expect(leftovers()).toEqual([]);
  });
});

test("a build that fails tells Go's last words and leaves nothing", async () => {
  machine.go(["echo 'go: module lookup: dial tcp: no such host' >&2", "exit 1"]);
  const run = installEngine({ env: machine.env, download: offline });

  await expect(run).rejects.toMatchObject({
    code: "engine-build-failed",
    culprit: "cloud",
    message: expect.stringContaining("no such host"),
  });
  expect(leftovers()).toEqual([]);
  expect(new EngineCache(machine.env).find()).toBeUndefined();
});

test("a build that is stopped leaves nothing", async () => {
  machine.go(["exec sleep 60"]);
  const stop = new AbortController();
  const run = installEngine({
    env: machine.env,
    download: offline,
    signal: stop.signal,
    onProgress: () => queueMicrotask(() => stop.abort()),
  });

  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(leftovers()).toEqual([]);
});

test("XDG_CACHE_HOME is honoured, unless it is relative", () => {
  const at = (XDG_CACHE_HOME: string) => new EngineCache({ HOME: "/home/anna", XDG_CACHE_HOME }).folder;
  expect(at("/var/cache/anna")).toBe("/var/cache/anna/lor-infra/engine");
  expect(at("relative")).toBe("/home/anna/.cache/lor-infra/engine");
});

test("the key names version and platform", () => {
  expect(engineKey("linux-x64")).toMatch(/^3\.259\.0-[0-9a-f]{16}$/);
  expect(engineKey("linux-x64")).not.toBe(engineKey("linux-arm64"));
});

test("a folder of the key without an engine does not count as one", () => {
  const cache = new EngineCache(machine.env);
  mkdirSync(join(cache.folder, engineKey(`${process.platform}-${process.arch}`), "bin"), { recursive: true });
  expect(cache.find()).toBeUndefined();
});

test.each([
  ["3.259.0", true],
  ["3.259.1", true],
  ["3.300.0", true],
  ["3.258.9", false],
  ["2.999.0", false],
  ["4.0.0", false],
])("version %s is new enough: %s", (version, expected) => {
  expect(isNewEnough(version)).toBe(expected);
});

import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prepareEngineHome } from "../../src/engine/engine-home.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-infra-home-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

it("has a file where the engine would make its folder of logs, and keeps it in the next run", async () => {
  const args = { workFolder: folder, env: {}, pulumiHome: undefined, needsPlugins: false };
  const home = await prepareEngineHome(args);
  expect(await prepareEngineHome(args)).toBe(home);
  expect(readFileSync(join(home, "logs"), "utf8")).toContain("keeps the engine from writing a log");
  expect(await readdir(home)).toEqual(["logs"]);
});

it.each([
  ["PULUMI_HOME", { PULUMI_HOME: "pulumi", HOME: "ada" }, "pulumi/plugins"],
  ["the home folder", { HOME: "ada" }, "ada/.pulumi/plugins"],
])("finds the plugins where %s has them, and makes the folder for those to come", async (_, names, plugins) => {
  const env = Object.fromEntries(Object.entries(names).map(([name, path]) => [name, join(folder, path)]));
  const home = await prepareEngineHome({ workFolder: folder, env, pulumiHome: undefined, needsPlugins: true });
  expect(readlinkSync(join(home, "plugins"))).toBe(join(folder, plugins));
  expect(statSync(join(home, "plugins")).isDirectory()).toBe(true);
});

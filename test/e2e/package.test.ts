import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ended, type Run, repository, trafficOffset } from "./project.ts";

/**
 * What is published: the packed tarball, unpacked among the node_modules of a project that `lor-infra init` wrote in another folder, beside the
 * dependencies that it declares (links to those installed here) and no other. Its `bin`, its exports and its types are used as npm would.
 */
const folder = mkdtempSync(join(tmpdir(), "lor-infra-package-"));
const shop = join(folder, "my-shop");
const modules = join(folder, "node_modules");
const installed = join(modules, "lor-infra");
const environment: Record<string, string | undefined> = {
  ...process.env,
  NO_COLOR: "1",
  LOR_INFRA_TRAFFIC_OFFSET: String(trafficOffset()),
  // As on a user's machine: the system's Node, whatever its version, and no tool of this repository.
  PATH: (process.env.PATH ?? "")
    .split(delimiter)
    .filter((part) => !part.includes("node_modules"))
    .join(delimiter),
};

beforeAll(async () => {
  const pack = await run("npm", ["pack", "--silent", "--pack-destination", folder], repository, process.env);
  expect(pack, pack.stderr).toMatchObject({ code: 0 });
  mkdirSync(installed, { recursive: true });
  const tarball = join(folder, pack.stdout.trim().split("\n").at(-1) ?? "");
  const unpack = await run("tar", ["-xzf", tarball, "--strip-components=1", "-C", installed], folder);
  expect(unpack, unpack.stderr).toMatchObject({ code: 0 });
  const { dependencies, optionalDependencies, bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(repository, "node_modules", name), join(modules, name));
  }
  mkdirSync(join(modules, ".bin"));
  symlinkSync(join("..", "lor-infra", bin["lor-infra"]), join(modules, ".bin", "lor-infra"));
  const init = await lorInfra(["init", shop, "--json"], folder);
  expect(init, init.stderr).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await lorInfra(["cloud", "stop"]);
  rmSync(folder, { recursive: true, force: true });
});

describe("as a library", () => {
  it("gives settings, Plan, cost and data loss to a program of the user's", async () => {
    writeFileSync(
      join(shop, "use.mjs"),
      `import { assessRpo, checkSettings, estimateCost, fleetOf, loadProject, planItems, planLor } from "lor-infra";
       const { report } = checkSettings({ dir: ".", stack: "prod" });
       const { value: project } = loadProject(".", "prod");
       const { settings, name, stack } = project;
       const plan = planLor({ project: name, stack, settings, fleet: fleetOf(settings.rush), profile: "rush" });
       const cost = estimateCost({ project, profile: "rush", priceBook: "offer-2025" });
       console.log(JSON.stringify({ ok: report.ok, name, fronts: plan.fleet.fronts.length, items: planItems(plan).length,
         amount: cost.total.amount, entries: assessRpo({ project }).entries.length }));`,
    );
    const use = await run(process.execPath, ["use.mjs"], shop);
    expect(use, use.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(use.stdout)).toMatchObject({ ok: true, name: "my-shop", fronts: 3, amount: "325.50956" });
  });

  it("with types that the compiler checks", async () => {
    writeFileSync(
      join(shop, "use.ts"),
      `import { fleetOf, isLor, type LorPlan, loadProject, planLor } from "lor-infra";
       import { LoadBalancer } from "lor-infra/components";
       const project = loadProject(".", "prod");
       if (!project.ok) throw new Error(project.issues[0]?.message);
       if (!isLor(project.value)) throw new Error("another system");
       const { name, stack, settings } = project.value;
       export const plan: LorPlan = planLor({ project: name, stack, settings, fleet: fleetOf(settings.rush) });
       // @ts-expect-error: a plan is no number; were its type lost, this line would be none
       export const wrong: number = plan;
       // @ts-expect-error: a component needs its arguments
       export const balancer = () => new LoadBalancer("lb");`,
    );
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2024", "--skipLibCheck"];
    const compiler = join(repository, "node_modules", "typescript", "bin", "tsc");
    const check = await run(process.execPath, [compiler, ...options, "use.ts"], shop);
    expect(check).toMatchObject({ code: 0, stdout: "" });
  });
});

describe("as a command", () => {
  it("answers from the settings alone", async () => {
    expect(await json(["check"])).toMatchObject({ ok: true });
    expect(await json(["cost", "--profile", "normal"])).toMatchObject({ total: { amount: "249.003" } });
    expect(await json(["rpo"])).toMatchObject({ version: 1, rpoSeconds: 3600 });
  });

  it("creates the shop on the local cloud, from what was compiled", async () => {
    const up = await lorInfra(["up", "--yes"]);
    expect(up, up.stderr).toMatchObject({ code: 0, stderr: "" });
    expect(await json(["status"])).toMatchObject({
      profile: "normal",
      fronts: [{ health: "healthy" }, { health: "healthy" }],
    });
  });

  it("plain Pulumi runs the program that `init` wrote and the policy pack, and finds nothing to change", async () => {
    const pack = join(installed, "dist", "src", "policy-pack", "policies.js");
    const line = `eval "$(npx --no-install lor-infra cloud env)" && pulumi preview --stack prod --config-file Pulumi.normal.yaml --policy-pack "${pack}"`;
    const preview = await run("sh", ["-c", line], shop, { ...environment, PULUMI_HOME: join(folder, "pulumi") });
    expect(preview, preview.stdout + preview.stderr).toMatchObject({ code: 0 });
    expect(preview.stdout).toMatch(/✅ lor-infra@v\d/);
    // A program that Pulumi did not call would delete everything.
    expect(preview.stdout).toMatch(/\d\d unchanged/);
    expect(preview.stdout).not.toMatch(/to (create|delete|update|replace)/);
  });

  it("and destroys it", async () => {
    const destroy = await lorInfra(["destroy", "--with-data", "--yes"]);
    // A cloud that has ended by itself says why.
    const cloud = destroy.code === 0 ? "" : (await lorInfra(["cloud", "status"])).stdout;
    expect(destroy, destroy.stderr + cloud).toMatchObject({ code: 0, stderr: "" });
    expect(await json(["status"])).toMatchObject({ exists: false });
  });
});

function run(command: string, args: readonly string[], cwd: string, env = environment): Promise<Run> {
  return ended(spawn(command, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
}

function lorInfra(args: readonly string[], cwd = shop): Promise<Run> {
  return run(join(modules, ".bin", "lor-infra"), args, cwd);
}

async function json(args: readonly string[]): Promise<unknown> {
  const { code, stdout, stderr } = await lorInfra([...args, "--json"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout);
}

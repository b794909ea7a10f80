import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { InProcessProject } from "./in-process.ts";
import { ended, TestProject } from "./project.ts";

/** The commands around the main job: a project of one's own, the engine, the local cloud, completion. */
const project = new InProcessProject();
afterAll(() => project.dispose());

describe("init", () => {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-init-"));
  const dir = join(folder, "my-shop");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("writes a project that check accepts, with a passphrase that only its owner reads", async () => {
    const run = await project.run(["init", dir, "--json"], { LOR_INFRA_HOME: "" });
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const { files, passphrase } = JSON.parse(run.stdout);
    for (const file of files) expect(existsSync(file)).toBe(true);
    expect(passphrase).toEqual({ origin: "file", path: join(dir, ".lor-infra", "passphrase") });
    expect(statSync(passphrase.path).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(dir, ".gitignore"), "utf8")).toContain(".lor-infra/");
    const check = await project.json<{ readonly warnings: readonly { readonly code: string }[] }>([
      "check",
      "--settings",
      dir,
    ]);
    // What the user still has to fill in is said.
    expect(check.warnings.map(({ code }) => code)).toContain("placeholder-value");
  });

  it("writes over nothing", async () => {
    const before = readFileSync(join(dir, "Pulumi.yaml"), "utf8");
    expect(await project.json(["init", dir], 2)).toMatchObject({ error: { code: "project-exists" } });
    expect(readFileSync(join(dir, "Pulumi.yaml"), "utf8")).toBe(before);
  });
});

describe("doctor", () => {
  it("finds a sound set-up, and what would be missing for the real cloud", async () => {
    const { ok, findings } = await project.json<{
      readonly ok: boolean;
      readonly findings: readonly { readonly subject: string; readonly verdict: string }[];
    }>(["doctor"]);
    expect(ok).toBe(true);
    const subjects = new Set(findings.map(({ subject }) => subject));
    for (const subject of ["engine", "plugins", "passphrase", "clock", "price book", "state", "lock"])
      expect(subjects).toContain(subject);
    const real = await project.run(["doctor", "--cloud", "ovh"]);
    expect(real.code).toBe(1);
    expect(real.stdout).toMatch(/✗ credentials .*OVH_/);
  });
});

describe("engine", () => {
  it("tells where it is; install finds the same", async () => {
    const status = await project.json<{ readonly engine: { readonly path: string } }>(["engine", "status"]);
    expect(status).toMatchObject({ engine: { found: true, version: expect.stringMatching(/^3\.\d+/) } });
    const install = await project.json<{ readonly engine: { readonly path: string } }>(["engine", "install"]);
    expect(install.engine.path).toBe(status.engine.path);
  });

  it("a machine with none, and nothing to make one from, is told what to install", async () => {
    const empty = join(project.folder, ".lor-infra", "no-cache");
    const run = await project.run(["engine", "status", "--json"], {
      XDG_CACHE_HOME: empty,
      PATH: "/nowhere",
      HOME: empty,
    });
    expect(run.code).toBe(1);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { code: "engine-missing" } });
  });
});

describe("cloud", () => {
  it("starts once, says what it holds, and stops", async () => {
    expect(await project.json(["cloud", "status"])).toMatchObject({ running: false });
    const start = await project.json<{ readonly pid: number }>(["cloud", "start"]);
    expect(start).toMatchObject({ running: true, started: true });
    expect(await project.json(["cloud", "start"])).toMatchObject({ started: false, pid: start.pid });
    expect(await project.json(["cloud", "status"])).toMatchObject({
      running: true,
      pid: start.pid,
      status: { scale: 100, resources: { servers: 0 } },
    });
  });

  it("its token is on no screen", async () => {
    const { token } = JSON.parse(readFileSync(join(project.home, "cloud", "runtime.json"), "utf8"));
    expect(token).toMatch(/.{20}/);
    for (const command of ["start", "status", "journal", "env"])
      for (const args of [
        ["cloud", command],
        ["cloud", command, "--json"],
      ]) {
        const { stdout, stderr } = await project.run(args);
        expect(stdout + stderr).not.toContain(token);
      }
  });

  it("env prints only lines that a shell evaluates, and they name this cloud", async () => {
    const run = await project.run(["cloud", "env"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(run.stdout).toMatch(/^(export [A-Z0-9_]+='[^\n]*'\n)+$/);
    const shell = spawn("sh", ["-c", `eval "$ENVIRONMENT" && node --version && pulumi version && env`], {
      env: { ...project.env, ENVIRONMENT: run.stdout },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const { code, stdout } = await ended(shell);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^v2[4-9]\.[\s\S]*\nv3\.\d+/);
    expect(stdout).toContain(`PULUMI_BACKEND_URL=file://${join(project.home, "local", "backend")}`);
  });

  it("faults are ordered, listed, refused when not understood, and cleared", async () => {
    const fault = ["cloud", "fault"];
    expect(
      await project.json([...fault, "--effect", "slow", "--seconds", "60", "--type", "Port", "--times", "2"]),
    ).toMatchObject({ faults: [{ match: { type: "Port" }, effect: { kind: "slow", seconds: 60 }, remaining: 2 }] });
    expect(await project.json([...fault, "--effect", "slow"], 2)).toMatchObject({
      error: { code: "fault-not-understood" },
    });
    expect(await project.json(fault)).toMatchObject({ faults: [{ remaining: 2 }] });
    expect(await project.json([...fault, "--clear"])).toMatchObject({ faults: [] });
  });

  it("is emptied only when told so, and shows the calls that it received", async () => {
    expect(await project.json(["cloud", "reset"], 2)).toMatchObject({ error: { code: "approval-needed" } });
    expect(await project.json(["cloud", "reset", "--yes"])).toMatchObject({ reset: true });
    await (await project.clients()).compute.findServers("lor-");
    const { entries } = await project.json<{ readonly entries: readonly { readonly service: string }[] }>([
      "cloud",
      "journal",
      "--last",
      "5",
    ]);
    expect(entries.map(({ service }) => service)).toContain("nova");
    expect(entries.length).toBeLessThanOrEqual(5);
    expect(await project.json(["cloud", "stop"])).toMatchObject({ running: false, stopped: true });
    expect(await project.json(["cloud", "stop"])).toMatchObject({ stopped: false });
    expect(await project.json(["cloud", "journal"], 1)).toMatchObject({ error: { code: "local-cloud-not-running" } });
  });
});

/** What the command line says by itself, before any command. */
const typed = new TestProject();
afterAll(() => typed.dispose());

describe("completion", () => {
  it("gives bash a script that knows the commands and their options", async () => {
    const script = await typed.run(["completion", "bash"]);
    expect(script).toMatchObject({ code: 0, stderr: "" });
    const syntax = spawn("bash", ["-n", "-c", script.stdout], { stdio: ["ignore", "pipe", "pipe"] });
    expect(await ended(syntax)).toMatchObject({ code: 0, stderr: "" });
    const commands = await typed.run(["complete", "--", "st"]);
    expect(commands.stdout).toContain("status");
    const options = await typed.run(["complete", "--", "up", "--pro"]);
    expect(options.stdout).toContain("--profile");
  });
});

describe("help", () => {
  it("names every command on standard output, and ends with 0", async () => {
    const run = await typed.run(["--help"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const named =
      "check cost rpo init up import preview rush normal status destroy recover state doctor demo engine cloud completion".split(
        " ",
      );
    for (const name of named) expect(run.stdout).toMatch(new RegExp(`^ {2}${name}\\b`, "m"));
    expect((await typed.run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const repository = join(import.meta.dirname, "..", "..");
const pinnedPackage = `node-${process.platform}-${process.arch}`;
let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "lor-infra-launcher-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Runs the launcher of a package in `folder`. @param oldest the oldest Node that it accepts */
function launch(folder: string, args: readonly string[], { oldest = 99, env = {} } = {}) {
  const cli = join(folder, "src", "cli");
  mkdirSync(cli, { recursive: true });
  const launcher = readFileSync(join(repository, "src", "cli", "lor-infra.cjs"), "utf8");
  writeFileSync(
    join(cli, "lor-infra.cjs"),
    launcher.replace("const oldestNode = 24;", `const oldestNode = ${oldest};`),
  );
  const optionalDependencies = { [pinnedPackage]: "99.0.0" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", optionalDependencies }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(cli, "lor-infra.cjs"), ...args], {
    encoding: "utf8",
    env: { ...process.env, LOR_INFRA_DEBUG: "", ...env },
  });
  return { status, stdout, stderr };
}

function install(script: string): void {
  const bin = join(root, "node_modules", pinnedPackage, "bin");
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, "..", "package.json"), "{}");
  writeFileSync(join(bin, "node"), script);
  chmodSync(join(bin, "node"), 0o755);
}

describe("with a Node that is too old", () => {
  it("runs the same command with the pinned one, and ends as it does", () => {
    install('#!/bin/sh\nshift\necho "$@"\nexit 5\n');
    expect(launch(root, ["season", "--at", "a b"])).toEqual({ status: 5, stdout: "season --at a b\n", stderr: "" });
  });

  it("says how to install the pinned one where it is missing: in a clone", () => {
    const { status, stdout, stderr } = launch(root, ["check"]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toBe(
      `error: lor-infra runs on Node 99 or newer, and the npm package ${pinnedPackage} is not installed [node-too-old]\n` +
        `  seen      Node ${process.versions.node} for ${process.platform} ${process.arch}\n` +
        "  accepted  Node 99 or newer; an older one only where the optional dependencies are installed\n" +
        "  next      npm ci --include=optional\n",
    );
  });

  it("in a project that has lor-infra installed, for a script", () => {
    const { status, stdout, stderr } = launch(join(root, "node_modules", "lor-infra"), ["check", "--json"]);
    expect({ status, stderr }).toEqual({ status: 1, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      ok: false,
      error: { code: "node-too-old", next: "npm install --include=optional" },
    });
  });

  it("asks for a newer one where the pinned one cannot run", () => {
    install("#!/no/such/interpreter\n");
    const { status, stderr } = launch(root, ["check"]);
    expect(status).toBe(1);
    expect(stderr).toContain("does not start");
    expect(stderr).toContain("  next      install Node 99 or newer: https://nodejs.org\n");
  });
});

describe("commands that answer from the settings alone", () => {
  const accepted = { oldest: 20 };
  const source = () => join(root, "src", "cli", "main.ts");

  beforeEach(() => {
    mkdirSync(join(root, "src", "cli"), { recursive: true });
    writeFileSync(source(), 'process.stdout.write("sources", () => process.exit())');
    const folder = join(root, "node_modules", ".cache", "lor-infra", "offline");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "main.cjs"), 'process.stdout.write("bundle", () => process.exit())');
    const { size, mtimeMs } = statSync(source());
    const manifest = { commands: ["check"], sources: [[join("src", "cli", "main.ts"), size, mtimeMs]] };
    writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  });

  it("run from the bundle while its sources are unchanged", () => {
    expect(launch(root, ["check"], accepted)).toMatchObject({ status: 0, stdout: "bundle" });
  });

  it("run from the sources once one has changed", () => {
    writeFileSync(source(), 'process.stdout.write("changed sources", () => process.exit())');
    expect(launch(root, ["check"], accepted)).toMatchObject({ status: 0, stdout: "changed sources" });
  });

  it("run from the sources while somebody looks for a defect", () => {
    const env = { LOR_INFRA_DEBUG: "1" };
    expect(launch(root, ["check"], { ...accepted, env })).toMatchObject({ status: 0, stdout: "sources" });
  });

  it("never end with 0 before they are done", () => {
    writeFileSync(source(), "await new Promise(() => undefined);");
    const { status, stderr } = launch(root, ["check"], accepted);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "error: the command ended before it was done: something that it waited for never answered [internal]\n" +
        "  next      run the same command with LOR_INFRA_DEBUG=1 and report what it prints\n",
    });
  });

  it.each([
    ["a defect", 'throw new Error("broken");', "internal", "report what it prints"],
    [
      "a coded error",
      'throw Object.assign(new Error("broken"), { code: "some-code", next: "do" });',
      "some-code",
      "do",
    ],
  ])("say in one document what kept the program from loading: %s", (_, content, code, next) => {
    writeFileSync(source(), content);
    const { status, stdout } = launch(root, ["check", "--json"], accepted);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      error: { code, message: "broken", next: expect.stringContaining(next) },
    });
  });

  it("are alone in it", () => {
    expect(launch(root, ["up"], accepted)).toMatchObject({ status: 0, stdout: "sources" });
  });
});

it("the bundle answers what the sources answer", () => {
  const folder = join(root, "offline");
  const node = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 26 });
  expect(node([join(".ci", "bundle.js"), folder])).toMatchObject({ status: 0, stderr: "" });
  // As it lies in the package: below a package.json of this name.
  writeFileSync(join(root, "package.json"), JSON.stringify({ name: "lor-infra", version: "0.0.0", type: "module" }));
  for (const command of ["check", "cost", "rpo", "calendar"]) {
    const bundled = node([join(folder, "main.cjs"), command, "--json"]);
    expect(bundled).toMatchObject({ status: 0, stderr: "" });
    expect(bundled.stdout).toBe(node([join("src", "cli", "main.ts"), command, "--json"]).stdout);
  }
});

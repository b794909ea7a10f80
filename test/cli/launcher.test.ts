import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** The launcher of a package in `folder`, which takes the Node that runs it for one that is too old. */
function launch(folder: string, args: readonly string[]) {
  const cli = join(folder, "src", "cli");
  mkdirSync(cli, { recursive: true });
  const launcher = readFileSync(join(repository, "src", "cli", "lor-infra.js"), "utf8");
  writeFileSync(join(cli, "lor-infra.js"), launcher.replace("const oldestNode = 24;", "const oldestNode = 99;"));
  const optionalDependencies = { [pinnedPackage]: "99.0.0" };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", optionalDependencies }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(cli, "lor-infra.js"), ...args], {
    encoding: "utf8",
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

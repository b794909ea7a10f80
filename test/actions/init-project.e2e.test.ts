import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { initProject } from "../../src/actions/init/init-project.ts";
import { system } from "../../src/systems/lor/index.ts";

const repository = join(import.meta.dirname, "..", "..");

test("git is kept from the passphrase, the state and the stack files of plain Pulumi, and from no file of settings", () => {
  const dir = mkdtempSync(join(tmpdir(), "lor-infra-init-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  initProject({
    system,
    dir,
    home: join(dir, ".lor-infra"),
    name: "boutique",
    version: "0.1.0",
    environment: {},
    randomBytes,
  });
  const own = readFileSync(join(dir, ".gitignore"), "utf8");
  const committed = readFileSync(join(repository, ".gitignore"), "utf8");
  expect(committed).toContain(own.replace("node_modules/\n", ""));
  execFileSync("git", ["init", "--quiet", dir]);
  const candidates = [
    ".lor-infra/passphrase",
    "node_modules/pulumi/index.js",
    "Pulumi.prod.yaml",
    "Pulumi.test.yaml",
    "Pulumi.yaml",
    "Pulumi.normal.yaml",
    "Pulumi.rush.yaml",
    "Pulumi.test.normal.yaml",
    "Pulumi.test.rush.yaml",
    "program.mjs",
  ];
  for (const content of [own, committed]) {
    writeFileSync(join(dir, ".gitignore"), content);
    const ignored = spawnSync("git", ["-C", dir, "check-ignore", ...candidates], { encoding: "utf8" });
    expect(ignored.stdout.trim().split("\n")).toEqual(candidates.slice(0, 4));
  }
});

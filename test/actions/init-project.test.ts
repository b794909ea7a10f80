import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { type InitProjectArgs, initProject } from "../../src/actions/init/init-project.ts";
import { opensEncryptionSalt } from "../../src/config/encryption-salt.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { system } from "../../src/systems/lor/index.ts";

const repository = join(import.meta.dirname, "..", "..");

function request(more: Partial<InitProjectArgs> = {}): InitProjectArgs {
  const dir = mkdtempSync(join(tmpdir(), "lor-infra-init-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const home = join(dir, ".lor-infra");
  return { dir, home, name: "boutique", system, version: "0.1.0", environment: {}, randomBytes, ...more };
}

test("a new project passes the check, and is opened by a passphrase that only it has", () => {
  const args = request();
  const { files, passphrase } = initProject(args);
  expect(readdirSync(args.dir).sort()).toEqual(
    [
      ".gitignore",
      ".lor-infra",
      "Pulumi.normal.yaml",
      "Pulumi.rush.yaml",
      "Pulumi.yaml",
      "package.json",
      "program.mjs",
    ].sort(),
  );
  expect(files).toHaveLength(7);
  const project = loadProject(args.dir, "prod");
  if (!project.ok) throw new Error(JSON.stringify(project.issues));
  expect(project.value.name).toBe("boutique");
  if (passphrase.origin !== "file") throw new Error("the passphrase is in no file");
  const value = readFileSync(passphrase.path, "utf8").trim();
  expect(value).toMatch(/^[\w-]{43}$/);
  expect(opensEncryptionSalt(value, project.value.encryptionSalt)).toBe(true);
  expect(opensEncryptionSalt("local", project.value.encryptionSalt)).toBe(false);
  expect(statSync(passphrase.path).mode & 0o777).toBe(0o600);
  expect(statSync(args.home).mode & 0o777).toBe(0o700);
});

test("what is a placeholder is told as a warning", () => {
  const args = request();
  initProject(args);
  const { report } = checkSettings({ dir: args.dir, stack: "prod" });
  expect(report.ok).toBe(true);
  expect(
    report.warnings.filter((warning) => warning.code === "placeholder-value").map((warning) => warning.path),
  ).toEqual([
    "administration.sshPublicKey",
    "administration.email",
    "network.vrack",
    "prestashop.domain",
    "odoo.domain",
  ]);
});

test("the passphrase is in no file that is committed", () => {
  const args = request();
  initProject(args);
  const passphrase = readFileSync(join(args.home, "passphrase"), "utf8").trim();
  for (const file of readdirSync(args.dir).filter((name) => name !== ".lor-infra")) {
    expect(readFileSync(join(args.dir, file), "utf8")).not.toContain(passphrase);
  }
});

test("a passphrase of the environment is taken and not written", () => {
  const args = request({ environment: { PULUMI_CONFIG_PASSPHRASE: "chosen by its owner" } });
  const { passphrase } = initProject(args);
  expect(passphrase).toEqual({ origin: "environment", variable: "PULUMI_CONFIG_PASSPHRASE" });
  expect(readdirSync(args.dir)).not.toContain(".lor-infra");
  const project = loadProject(args.dir, "prod");
  expect(project.ok && opensEncryptionSalt("chosen by its owner", project.value.encryptionSalt)).toBe(true);
});

test("nothing is overwritten, not even in part", () => {
  for (const file of ["Pulumi.yaml", "Pulumi.rush.yaml", "package.json", ".gitignore"]) {
    const args = request();
    writeFileSync(join(args.dir, file), "mine\n");
    expect(() => initProject(args)).toThrow(
      expect.objectContaining({
        code: "project-exists",
        seen: file,
        next: file === "Pulumi.yaml" ? `lor-infra check --settings ${args.dir}` : "lor-infra init my-shop",
      }),
    );
    expect(readdirSync(args.dir)).toEqual([file]);
    expect(readFileSync(join(args.dir, file), "utf8")).toBe("mine\n");
  }
});

test("a second init leaves the first project as it was", () => {
  const args = request();
  initProject(args);
  const before = digest(args.dir);
  expect(() => initProject(args)).toThrow(expect.objectContaining({ code: "project-exists" }));
  expect(digest(args.dir)).toEqual(before);
});

test.each(["", "Boutique", "1shop", "a shop", "x".repeat(31), "../up"])("%j is no project name", (name) => {
  const args = request({ name });
  expect(() => initProject(args)).toThrow(
    expect.objectContaining({ code: "project-name-invalid", next: "the same command with --name my-shop" }),
  );
  expect(readdirSync(args.dir)).toEqual([]);
});

test("the committed example is what init writes", () => {
  const committed = (file: string) => readFileSync(join(repository, file), "utf8");
  const files = system.template({
    name: "lor",
    program: "src/program.ts",
    description: "Lor, a pastry shop on OVHcloud. What both profiles share; the profile files hold only what differs.",
    encryptionSalt: /^encryptionsalt: (.*)$/m.exec(committed("Pulumi.normal.yaml"))?.[1] ?? "",
    saltRemark:
      'Salt of the public passphrase "local": for the local cloud only. `lor-infra init` makes a project with its own.',
  });
  expect(files.map(({ file }) => file)).toEqual(["Pulumi.yaml", "Pulumi.normal.yaml", "Pulumi.rush.yaml"]);
  for (const { file, content } of files) expect(content).toBe(committed(file));
});

function digest(dir: string): Record<string, string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, createHash("sha256").update(readFileSync(path)).digest("hex")];
    }),
  );
}

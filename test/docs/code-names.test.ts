import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it } from "vitest";

const repository = resolve(import.meta.dirname, "..", "..");

/** Customers, providers and applications. Everything outside their own folders works for any of them. */
const ownNames = /\b(lor\/|ovh|ovhcloud|prestashop|odoo|digitalocean|proxmox|picasoft|ocpizza|filament)\b/i;
const ownFolders = /^src\/(systems|clouds|local-cloud|machines)\//;

/** Reasons: docs/decisions/names-outside-their-folders.md. */
const allowed = [
  "src/cli/commands/cloud.ts",
  "src/cli/definitions/cloud.ts",
  "src/index.ts",
  "src/policy-pack/rules.ts",
];

const files = execFileSync("git", ["ls-files", "src", "components", "test"], { cwd: repository, encoding: "utf8" })
  .split("\n")
  .filter((file) => file.endsWith(".ts"));

function linesWith(pattern: RegExp, of: readonly string[]): readonly string[] {
  return of.flatMap((file) =>
    readFileSync(join(repository, file), "utf8")
      .split("\n")
      .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : [])),
  );
}

it("names a customer, a provider or an application in its own folder only", () => {
  const shared = files.filter((file) => file.startsWith("src/") && !ownFolders.test(file) && !allowed.includes(file));
  expect(shared.length).toBeGreaterThan(300);
  expect(linesWith(ownNames, shared)).toEqual([]);
});

it("still needs every exception", () => {
  for (const file of allowed) expect(linesWith(ownNames, [file]), file).not.toEqual([]);
});

it("has one style for private members and one for constants", () => {
  const others = files.filter((file) => file !== "test/docs/code-names.test.ts");
  expect(linesWith(/^\s*private (?!constructor\b)/, others)).toEqual([]);
  expect(linesWith(/^(export )?const [A-Z][A-Z0-9_]+\b/, others)).toEqual([]);
});

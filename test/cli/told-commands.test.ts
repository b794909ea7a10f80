import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createCommandTree } from "../../src/cli/command-tree.ts";
import { repeatScope, typedScope } from "../../src/cli/told-commands.ts";

const { program } = await createCommandTree();
const told = (typed: string, text: string) => repeatScope(text, typedScope(typed.split(" ")), program);

it("repeats what was typed in each command that accepts it", () => {
  expect(told("destroy --settings my-shop", "lor-infra destroy --with-data")).toBe(
    "lor-infra destroy --settings my-shop --with-data",
  );
  expect(told("rush --stack=test --cloud ovh", "lor-infra status, then lor-infra rush for a new plan")).toBe(
    "lor-infra status --stack test --cloud ovh, then lor-infra rush --stack test --cloud ovh for a new plan",
  );
  expect(told("up --settings my-shop", "lor-infra state restore 4")).toBe(
    "lor-infra state restore --settings my-shop 4",
  );
});

it("leaves a command that has the option, does not know it, or needs none", () => {
  expect(told("up --settings a", "lor-infra check --settings b")).toBe("lor-infra check --settings b");
  expect(told("up --cloud ovh", "lor-infra check, or lor-infra demo")).toBe("lor-infra check, or lor-infra demo");
  expect(told("up --stack prod --cloud local", "lor-infra up")).toBe("lor-infra up");
  expect(told("up --settings a", "lor-infra --help, the lor-infra of another folder")).toBe(
    "lor-infra --help, the lor-infra of another folder",
  );
});

it("quotes a folder as a shell reads it", () => {
  const scope = typedScope(["up", "--settings", "my shop's"]);
  expect(repeatScope("lor-infra up", scope, program)).toBe(`lor-infra up --settings 'my shop'\\''s'`);
});

it("is what a refused command tells, on a screen and in its document", () => {
  const launcher = join(import.meta.dirname, "../../src/cli/lor-infra.cjs");
  const refused = (...more: string[]) =>
    spawnSync(process.execPath, [launcher, "rpo", "--settings", "no such folder", ...more], { encoding: "utf8" });
  const told = "lor-infra check --settings 'no such folder'";
  expect(refused().stderr).toContain(told);
  expect(JSON.parse(refused("--json").stdout).error.next).toContain(told);
});

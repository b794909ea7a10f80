import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { secondStack } from "./second-stack.ts";
import { committed, settingsFolder } from "./settings-folder.ts";

const repository = join(import.meta.dirname, "..", "..");

function problems(dir: string, stack: string): readonly string[] {
  const { report, exit } = checkSettings({ dir, stack });
  expect(exit).toBe(report.ok ? 0 : 2);
  return report.issues.map(({ code, path }) => `${code} ${path}`);
}

test("a second stack without values of its own is refused, and told what to write", () => {
  const { report } = checkSettings({ dir: repository, stack: "test" });
  const parts = ["loadBalancer", "prestashop", "mysql", "odoo", "postgresql"];
  expect(report.issues.map(({ path }) => path)).toEqual([
    ...parts.flatMap((part) => [`network.subnets.${part}.vlan`, `network.subnets.${part}.cidr`]),
    "prestashop.domain",
    "odoo.domain",
  ]);
  expect(report.issues.at(-1)).toEqual({
    path: "odoo.domain",
    code: "stacks-collide",
    message:
      "the stacks test and prod of this project would both use it: seen erp.lor.example; accepted: a domain that only one stack has; " +
      "write it in Pulumi.yaml as config.stacks.value.test.odoo.domain",
  });
});

test("stacks that share nothing are accepted, and the shared settings stay prod's", () => {
  const dir = settingsFolder({ shared: { "stacks.test": secondStack } });
  expect(problems(dir, "test")).toEqual([]);
  expect(problems(dir, "prod")).toEqual([]);
  expect(problems(dir, "demo")).toContain("stacks-collide odoo.domain");
});

test.each([
  [
    "a VLAN of one vRack",
    { network: { vrack: "pn-1000000", subnets: subnets(20, 104) } },
    ["network.subnets.loadBalancer.vlan"],
  ],
  [
    "overlapping addresses",
    { network: { vrack: "pn-1000000", subnets: { ...subnets(20, 204), mysql: { cidr: "10.10.1.0/24", vlan: 300 } } } },
    ["network.subnets.mysql.cidr"],
  ],
  ["the shop's domain as the ERP's", { odoo: { domain: "www.lor.example" } }, ["odoo.domain"]],
])("refuses %s, from both sides", (_, own, paths) => {
  const dir = settingsFolder({ shared: { "stacks.test": { ...secondStack, ...own } } });
  const collisions = (stack: string) => problems(dir, stack).filter((one) => one.startsWith("stacks-collide"));
  expect(collisions("test")).toEqual(paths.map((path) => `stacks-collide ${path}`));
  expect(collisions("prod")).toHaveLength(1);
});

/** Five subnets from 10.10.<third>.0/24 and VLAN <first> on. */
function subnets(third: number, first: number): Record<string, { readonly cidr: string; readonly vlan: number }> {
  const parts = ["loadBalancer", "prestashop", "mysql", "odoo", "postgresql"];
  return Object.fromEntries(
    parts.map((part, index) => [part, { cidr: `10.10.${third + index}.0/24`, vlan: first + index }]),
  );
}

test.each([
  ["no group", { "stacks.test": 5 }, "setting-type stacks.test"],
  ["no groups", { stacks: [] }, "setting-type stacks"],
  [
    "another system",
    { "stacks.test": { ...secondStack, system: "other" } },
    "stack-of-other-system stacks.test.system",
  ],
  ["a secret", { "stacks.test": { ...secondStack, password: "hunter2" } }, "secret-in-settings stacks.test.password"],
  ["a wrong value", { "stacks.test": { ...secondStack, rpo: "1h" } }, "duration-invalid stacks.test.rpo"],
])("a section that holds %s is refused for every stack", (_, shared, expected) => {
  expect(problems(settingsFolder({ shared }), "prod")).toContain(expected);
});

test("a project whose only recorded stack is not prod keeps that stack", () => {
  const dir = settingsFolder({ files: { "Pulumi.yaml": committed("Pulumi.yaml") } });
  const folder = join(dir, ".lor-infra", "local", "backend", ".pulumi", "stacks", "lor");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "shop.json"), "{}");
  expect(problems(dir, "shop")).toEqual([]);
  expect(problems(dir, "prod")).toContain("stacks-collide odoo.domain");
  writeFileSync(join(folder, "prod.json"), "{}");
  expect(problems(dir, "prod")).toEqual([]);
  expect(problems(dir, "shop")).toContain("stacks-collide odoo.domain");
});

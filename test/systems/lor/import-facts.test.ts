import { expect, it } from "vitest";
import { keptSecrets } from "../../../src/systems/lor/kept-secrets.ts";
import { planItems } from "../../../src/systems/lor/plan-items.ts";
import { settingOf } from "../../../src/systems/lor/setting-of.ts";
import { lorProject, planOf } from "./lor-project.ts";

const plan = planOf("rush");
const items = planItems(plan);
const names = (all: readonly { readonly type: string; readonly name: string }[]) =>
  all.map(({ type, name }) => `${type} ${name}`).toSorted();

it("every password of the Plan, made up or told once, is a secret that an import asks for", () => {
  const passwords = items.filter(({ type }) => /^random:|^ovh:CloudProjectDatabase\/.*User$/.test(type));
  expect(names(keptSecrets(plan))).toEqual(names(passwords));
});

it("every secret names resources of the Plan that use it", () => {
  const built = new Set(names(items));
  for (const { name, usedBy } of keptSecrets(plan)) {
    // The first passwords are of the installation alone.
    expect(usedBy.length > 0).toBe(!name.endsWith("-adminPassword"));
    for (const user of names(usedBy)) expect(built).toContain(user);
  }
});

it.each([
  ["openstack:compute/instance:Instance", "ps-0", "flavorName", "prestashop.frontsFlavor"],
  ["openstack:compute/instance:Instance", "odoo", "flavorName", "odoo.flavor"],
  ["openstack:blockstorage/volume:Volume", "ps-1-data", "size", "prestashop.disk"],
  ["openstack:networking/port:Port", "odoo", "fixedIps[0].ipAddress", "odoo.address"],
  ["openstack:networking/subnet:Subnet", "lb", "cidr", "network.subnets.loadBalancer.cidr"],
  ["openstack:networking/network:Network", "mysql", "valueSpecs", "network.subnets.mysql.vlan"],
  ["ovh:CloudProject/database:Database", "postgresql", "diskSize", "postgresql.disk"],
  ["ovh:CloudProject/loadBalancer:LoadBalancer", "lb", "flavorId", "loadBalancer.bandwidth"],
  ["ovh:CloudProject/workflowBackup:WorkflowBackup", "odoo", "cron", "backups.instances.cron"],
])("%s %s: %s follows a setting that there is", (type, name, path, setting) => {
  expect(settingOf({ type, name }, path)).toBe(setting);
  const value = setting
    .split(".")
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], lorProject().settings.normal);
  expect(value).toBeDefined();
});

it("what no setting decides has none", () => {
  expect(settingOf({ type: "openstack:networking/network:Network", name: "lb" }, "name")).toBeUndefined();
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { estimateCost } from "../../src/actions/cost/estimate-cost.ts";
import { assessRpo } from "../../src/actions/rpo/assess-rpo.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { fleetOf, planLor } from "../../src/systems/lor/plan.ts";
import { planItems } from "../../src/systems/lor/plan-items.ts";
import type { LorProject } from "../systems/lor/lor-project.ts";
import { settingsFolder } from "./settings-folder.ts";

const path = fc.constantFrom(
  "system",
  "rpo",
  "region",
  "region.compute",
  "region.offsite",
  "administration.sshPublicKey",
  "network.cidr",
  "network.subnets",
  "network.subnets.odoo.cidr",
  "network.subnets.mysql.vlan",
  "loadBalancer.driver",
  "loadBalancer.address",
  "prestashop",
  "prestashop.addresses",
  "prestashop.disk",
  "prestashop.flavorFamily",
  "prestashop.release",
  "odoo.flavor",
  "odoo.flavorFamily",
  "odoo.address",
  "odoo.filestore",
  "odoo.filestore.copyEvery",
  "mysql.plan",
  "mysql.flavor",
  "mysql.disk",
  "postgresql.access",
  "storage.size",
  "storage.copy",
  "backups.instances.cron",
  "backups.instances.keep",
  "calendar",
  "calendar.timeZone",
  "calendar.mergeWithin",
  "calendar.events",
  "whatever",
);

const likely = fc.constantFrom<unknown>(
  "GRA11",
  "EU-WEST-PAR",
  "SBG",
  "10.10.3.0/24",
  "10.10.0.0/20",
  "10.10.3.11",
  "10.10.3.254",
  "b2-7",
  "b2-15",
  "b3-16",
  "classic",
  "flex",
  "openstack",
  "PT5M",
  "P1D",
  "PT1H",
  "0 * * * *",
  "business",
  "production",
  "db1-7",
  "b3-8",
  50,
  100,
  160,
  2,
  "public",
  ["10.10.1.10", "10.10.1.11", "10.10.1.12", "10.10.1.13"],
  { copyEvery: "PT10M", copyTimeout: "PT5M" },
  [],
  [{ name: "noel", kind: "fixed", date: "12-25", lead: "P21D" }],
  [{ kind: "easter", lead: 21 }, { kind: "once", from: "2027-02-30" }, null],
);
const value = fc.oneof({ weight: 3, arbitrary: likely }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) });

const profileChanges = fc.record(
  {
    "prestashop.fronts": fc.oneof(fc.integer({ min: -1, max: 5 }), value),
    "prestashop.frontsFlavor": fc.oneof(fc.constantFrom("b2-7", "b2-15", "b3-8", "b3-16"), value),
    "loadBalancer.bandwidth": fc.oneof(fc.constantFrom(200, 500, 2000, 4000), value),
  },
  { requiredKeys: [] },
);

/** A group and something in it cannot both be replaced. */
const sharedChanges = fc
  .uniqueArray(fc.tuple(path, value), { maxLength: 3, selector: ([key]) => key.split(".")[0] })
  .map((entries) => Object.fromEntries(entries));

test("whatever the settings are, they are read to the end: a project, or issues with a code and what is accepted", () => {
  fc.assert(
    fc.property(sharedChanges, profileChanges, profileChanges, (shared, normal, rush) => {
      const project = loadProject(settingsFolder({ shared, normal, rush }), "prod");
      if (project.ok) return;
      expect(project.issues.length).toBeGreaterThan(0);
      for (const issue of project.issues) {
        expect(issue.code).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(issue.message).toContain("accepted: ");
      }
    }),
    { numRuns: 150 },
  );
});

const fitting = fc.record({
  shared: fc.record(
    {
      "region.compute": fc.constantFrom("GRA7", "GRA9", "GRA11"),
      "prestashop.flavorFamily": fc.constantFrom("flex", "classic"),
      "prestashop.disk": fc.integer({ min: 10, max: 12_000 }),
      "odoo.flavor": fc.constantFrom("b2-7", "b2-15", "b3-8"),
      "odoo.address": fc.integer({ min: 1, max: 99 }).map((last) => `10.10.3.${last}`),
      "odoo.filestore.copyEvery": fc.integer({ min: 11, max: 55 }).map((minutes) => `PT${minutes}M`),
      "mysql.plan": fc.constantFrom("essential", "business", "enterprise"),
      "postgresql.disk": fc.integer({ min: 80, max: 240 }),
      "backups.instances.cron": fc.constantFrom("0 4 * * *", "0 */6 * * *", "30 2 * * 1"),
    },
    { requiredKeys: [] },
  ),
  normal: fc.record({
    "prestashop.fronts": fc.integer({ min: 2, max: 3 }),
    "prestashop.frontsFlavor": fc.constantFrom("b2-7", "b2-15"),
    "loadBalancer.bandwidth": fc.constantFrom(200, 500),
  }),
  rush: fc.record({
    "prestashop.fronts": fc.integer({ min: 2, max: 3 }),
    "prestashop.frontsFlavor": fc.constantFrom("b2-7", "b2-15"),
    "loadBalancer.bandwidth": fc.constantFrom(500, 2000, 4000),
  }),
});

test("from accepted settings everything that is derived can be derived", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fitting, (changes) => {
      const project = loadProject(settingsFolder(changes), "prod");
      if (!project.ok) return;
      accepted++;
      const { name, settings } = project.value as LorProject;
      for (const profile of ["normal", "rush"] as const) {
        const plan = planLor({ project: name, stack: "prod", settings, fleet: fleetOf(settings[profile]), profile });
        const items = planItems(plan);
        const report = estimateCost({ project: project.value, profile, priceBook: "ovh-catalogue-2026-06" });
        expect(report.lines.flatMap((line) => line.items).length + report.free.count).toBe(items.length);
      }
      expect(assessRpo({ project: project.value }).entries.every((entry) => entry.held)).toBe(true);
    }),
    { numRuns: 150 },
  );
  expect(accepted).toBeGreaterThan(10);
});

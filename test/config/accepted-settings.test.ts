import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import type { LorProject } from "../systems/lor/lor-project.ts";
import { secondStack } from "./second-stack.ts";
import { type Changes, committed, settingsFolder } from "./settings-folder.ts";

const repository = join(import.meta.dirname, "..", "..");

test("the committed project is accepted, with its placeholders as warnings", () => {
  const { report, exit } = checkSettings({ dir: repository, stack: "prod" });
  expect(report.issues).toEqual([]);
  expect(exit).toBe(0);
  expect(report.warnings.map((warning) => `${warning.code} ${warning.path}`)).toContain(
    "release-checksum-unknown prestashop.release.sha256",
  );
});

function withoutCalendar(): string {
  return committed("Pulumi.yaml").replace(/ {2}# When rush is wanted[\s\S]*$/, "");
}

const accepted: readonly { readonly name: string; readonly changes: Changes }[] = [
  { name: "a rush with one more front of the same size", changes: { rush: { "prestashop.frontsFlavor": "b2-7" } } },
  {
    name: "a rush that only enlarges, with an address for the temporary front",
    changes: { rush: { "prestashop.fronts": 2 } },
  },
  {
    name: "classic flavors of one size",
    changes: { shared: { "prestashop.flavorFamily": "classic" }, rush: { "prestashop.frontsFlavor": "b2-7" } },
  },
  { name: "a size with a unit", changes: { shared: { "odoo.disk": "1 TB" } } },
  {
    name: "a database plan of the newer family",
    changes: {
      shared: {
        mysql: {
          version: "8",
          plan: "production",
          flavor: "b3-8",
          disk: 160,
          backupTime: "03:00:00",
        },
      },
    },
  },
  { name: "a copy that just holds the RPO", changes: { shared: { "odoo.filestore.copyEvery": "PT50M" } } },
  {
    name: "no access, no filestore: the defaults",
    changes: { shared: { "mysql.access": undefined, "odoo.filestore": undefined } },
  },
  {
    name: "a load balancer of fixed size with one size",
    changes: { shared: { "loadBalancer.driver": "openstack" }, rush: { "loadBalancer.bandwidth": 500 } },
  },
  { name: "no calendar", changes: { files: { "Pulumi.yaml": withoutCalendar() } } },
  {
    name: "a rush of most of the year that still ends",
    changes: { shared: { "calendar.events": [{ name: "noel", kind: "fixed", date: "12-25", lead: "P350D" }] } },
  },
  {
    name: "two long leads over the same months",
    changes: {
      shared: {
        "calendar.events": [
          { name: "noel", kind: "fixed", date: "12-25", lead: "P200D" },
          { name: "avent", kind: "fixed", date: "12-01", lead: "P200D" },
        ],
      },
    },
  },
  {
    name: "a one-off event of four years",
    changes: {
      shared: {
        "calendar.events": [{ name: "jeux", kind: "once", from: "2027-01-01", to: "2030-12-31", lead: "P365D" }],
      },
    },
  },
  { name: "a calendar that is empty", changes: { shared: { calendar: {} } } },
  {
    name: "an event of every kind, with and without what has a default",
    changes: {
      shared: {
        calendar: {
          timeZone: "UTC",
          events: [
            { name: "noel", kind: "fixed", date: "12-25", lead: "P21D", end: "PT12H", profile: "rush" },
            { name: "vendredi-saint", kind: "easter", offsetDays: -2, lead: "PT0S" },
            { name: "pascha", kind: "easter", tradition: "orthodox", lead: "P40D" },
            {
              name: "meres",
              kind: "weekday",
              month: 5,
              weekday: "sunday",
              nth: "last",
              whitsun: "week-later",
              lead: "P7D",
            },
            { name: "black-friday", kind: "weekday", month: 11, weekday: "friday", nth: 4, lead: "P7D" },
            { name: "salon", kind: "once", from: "2027-06-01", to: "2027-06-01", lead: "P1D" },
            { name: "ouverture", kind: "once", from: "2027-09-01", lead: "P1D" },
          ],
        },
      },
    },
  },
  {
    name: "keys with the project's name before them",
    changes: { files: { "Pulumi.yaml": committed("Pulumi.yaml").replace("  rpo:", "  lor:rpo:") } },
  },
  {
    name: "a bare value",
    changes: { files: { "Pulumi.yaml": committed("Pulumi.yaml").replace("  rpo:\n    value: PT1H", "  rpo: PT1H") } },
  },
];

test.each(accepted)("accepted: $name", ({ changes }) => {
  const { report } = checkSettings({ dir: settingsFolder(changes), stack: "prod" });
  expect(report.issues).toEqual([]);
});

test("what the calendar leaves out has its defaults", () => {
  const read = (changes: Changes) => {
    const project = loadProject(settingsFolder(changes), "prod");
    if (!project.ok) throw new Error(JSON.stringify(project.issues));
    return project.value.settings.normal.calendar;
  };
  const none = read({ files: { "Pulumi.yaml": withoutCalendar() } });
  expect(none).toMatchObject({ timeZone: "Europe/Paris", events: [] });
  expect(none.mergeWithin.toString()).toBe("P7D");
  const events = [{ name: "paques", kind: "easter", lead: "P21D" }];
  const [event] = read({ shared: { calendar: { events } } }).events;
  expect(event).toMatchObject({ tradition: "western", offsetDays: 0, profile: "rush" });
  expect(event?.end.toString()).toBe("P1D");
  expect(event?.freeze).toBeUndefined();
});

test("Lor's rush is wanted three weeks before Noël, Pâques and Saint-Valentin", () => {
  const project = loadProject(repository, "prod");
  const events = project.ok ? project.value.settings.normal.calendar.events : [];
  expect(events.map(({ name, kind, lead }) => `${name} ${kind} ${lead}`)).toEqual([
    "noel fixed P21D",
    "paques easter P21D",
    "saint-valentin fixed P21D",
  ]);
});

test("every problem is told at once, whatever part it is in", () => {
  const dir = settingsFolder({
    shared: {
      rpo: "1h",
      "odoo.address": "10.10.9.1",
      "odoo.colour": "blue",
      "mysql.access": "public",
      "network.subnets.odoo.vlan": 101,
    },
    normal: { "prestashop.fronts": 1 },
    rush: { "loadBalancer.bandwidth": 1000 },
  });
  const { report, exit } = checkSettings({ dir, stack: "prod" });
  expect(report.issues.map((issue) => issue.code).sort()).toEqual(
    [
      "address-outside-subnet",
      "bandwidth-unknown",
      "database-public",
      "duration-invalid",
      "fronts-too-few",
      "unknown-key",
      "vlan-duplicate",
    ].sort(),
  );
  expect(exit).toBe(2);
});

test("an issue of one profile names its file, one of both is told once", () => {
  const dir = settingsFolder({ shared: { "odoo.address": "here" }, rush: { "loadBalancer.bandwidth": 1000 } });
  const { issues } = checkSettings({ dir, stack: "prod" }).report;
  expect(issues.filter((issue) => issue.path === "odoo.address")).toHaveLength(1);
  expect(issues.find((issue) => issue.path === "loadBalancer.bandwidth")?.message).toContain("(Pulumi.rush.yaml)");
});

test("another environment has its own values and its own pair, and both of it", () => {
  const own = (profile: string) => committed(`Pulumi.${profile}.yaml`);
  const files = {
    "Pulumi.test.normal.yaml": own("normal"),
    "Pulumi.test.rush.yaml": own("rush").replace("fronts: 3", "fronts: 2"),
  };
  const dir = settingsFolder({ shared: { "stacks.test": secondStack }, files });
  const project = loadProject(dir, "test");
  if (!project.ok) throw new Error(JSON.stringify(project.issues));
  expect(project.value.profileFiles).toEqual({ normal: "Pulumi.test.normal.yaml", rush: "Pulumi.test.rush.yaml" });
  const { settings } = project.value as LorProject;
  expect(settings.rush.prestashop).toMatchObject({ fronts: 2, domain: "test.lor.example", image: "Debian 12" });
  expect(settings.normal.network.vrack).toBe("pn-1000001");
  expect(loadProject(dir, "prod").ok && project.value.encryptionSalt).toMatch(/^v1:/);

  const half = checkSettings({
    dir: settingsFolder({
      shared: { "stacks.test": secondStack },
      files: { "Pulumi.test.normal.yaml": own("normal") },
    }),
    stack: "test",
  });
  expect(half.report.issues.map((issue) => [issue.code, issue.path])).toEqual([
    ["file-missing", "Pulumi.test.rush.yaml"],
  ]);
});

test("reading settings changes no file", () => {
  const dir = settingsFolder();
  loadProject(dir, "prod");
  for (const file of ["Pulumi.normal.yaml", "Pulumi.rush.yaml"]) {
    expect(checkSettings({ dir, stack: "prod" }).report.ok, file).toBe(true);
  }
});

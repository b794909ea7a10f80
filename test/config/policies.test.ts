import { describe, expect, test } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { type Changes, settingsFolder } from "./settings-folder.ts";

const now = new Date("2026-07-31T23:59:59Z");
const nextDay = new Date("2026-08-01T00:00:00Z");
const waiver = {
  policy: "rpo-not-held",
  owner: "Jeanne Martin",
  reason: "the bucket of the copies moves",
  until: "2026-07-31",
};
/** The images may lose two hours more than the RPO. */
const slowImages = { "storage.copy": { copyEvery: "PT3H", copyTimeout: "PT10M" } };

function check(changes: Changes, at = now) {
  const { report, exit } = checkSettings({ dir: settingsFolder(changes), stack: "prod", now: at });
  const told = (issues: typeof report.issues) => issues.map(({ code, path }) => `${code} ${path}`);
  const messageOf = (code: string) =>
    [...report.issues, ...report.warnings].find((issue) => issue.code === code)?.message;
  const placeholders = ["placeholder-value", "release-checksum-unknown"];
  const warnings = report.warnings.filter(({ code }) => !placeholders.includes(code));
  return { exit, issues: told(report.issues), warnings: told(warnings), policies: report.policies, messageOf };
}

test("the committed project violates nothing, and has neither budget nor waivers", () => {
  expect(check({}, new Date("2026-06-01T00:00:00Z"))).toMatchObject({
    exit: 0,
    issues: [],
    warnings: [],
    policies: [],
  });
});

test("a refusal comes with the policy's reason and remedy, and ends with 3", () => {
  const { exit, issues, policies } = check({ shared: slowImages });
  expect(exit).toBe(3);
  expect(issues).toEqual(["rpo-not-held storage.copy.copyEvery"]);
  expect(policies).toMatchObject([
    {
      code: "rpo-not-held",
      reason: expect.any(String),
      remedy: expect.stringContaining("lor-infra rpo"),
      waivable: true,
    },
  ]);
});

test("a waiver is accepted until the end of its last day, and told with owner, reason and end", () => {
  const { exit, issues, warnings, messageOf } = check({ shared: { ...slowImages, waivers: [waiver] } });
  expect({ exit, issues }).toEqual({ exit: 0, issues: [] });
  expect(warnings).toContain("rpo-not-held storage.copy.copyEvery");
  expect(messageOf("rpo-not-held")).toContain(
    "waived by Jeanne Martin until 2026-07-31: the bucket of the copies moves",
  );
});

test("the document has who answers for a waiver, why and until when, also beside what is refused", () => {
  const shared = {
    ...slowImages,
    "odoo.filestore": { copyEvery: "PT2H", copyTimeout: "PT10M" },
    waivers: [{ ...waiver, of: "shop-images" }],
  };
  const { report } = checkSettings({ dir: settingsFolder({ shared }), stack: "prod", now });
  expect(report.issues.map(({ code, path }) => [code, path])).toEqual([["rpo-not-held", "odoo.filestore.copyEvery"]]);
  expect(report.waived).toEqual([
    {
      code: "rpo-not-held",
      path: "storage.copy.copyEvery",
      subject: "shop-images",
      owner: "Jeanne Martin",
      reason: "the bucket of the copies moves",
      until: "2026-07-31",
    },
  ]);
  const accepted = checkSettings({
    dir: settingsFolder({ shared: { ...slowImages, waivers: [waiver] } }),
    stack: "prod",
    now,
  });
  expect(accepted.report).toMatchObject({ ok: true, waived: [{ subject: "shop-images", owner: "Jeanne Martin" }] });
  const ended = checkSettings({
    dir: settingsFolder({ shared: { ...slowImages, waivers: [waiver] } }),
    stack: "prod",
    now: nextDay,
  });
  expect(ended.report).toMatchObject({ ok: false, waived: [] });
});

test("from the day after the policy refuses again, and says whose waiver ended", () => {
  const { exit, issues, messageOf } = check({ shared: { ...slowImages, waivers: [waiver] } }, nextDay);
  expect({ exit, issues }).toEqual({ exit: 3, issues: ["rpo-not-held storage.copy.copyEvery"] });
  expect(messageOf("rpo-not-held")).toContain("its waiver by Jeanne Martin ended on 2026-07-31");
});

test("a waiver of one data set covers no other", () => {
  const shared = {
    ...slowImages,
    "odoo.filestore": { copyEvery: "PT2H", copyTimeout: "PT10M" },
    waivers: [{ ...waiver, of: "shop-images" }],
  };
  expect(check({ shared })).toMatchObject({ exit: 3, issues: ["rpo-not-held odoo.filestore.copyEvery"] });
});

test("a waiver that nothing needs is a warning", () => {
  const { exit, warnings, messageOf } = check({ shared: { waivers: [waiver] } });
  expect(exit).toBe(0);
  expect(warnings).toContain("waiver-unused waivers.0");
  expect(messageOf("waiver-unused")).toContain("nothing violates rpo-not-held");
});

test.each([
  {
    name: "an unknown code, with the one that was meant",
    waivers: [{ ...waiver, policy: "rpo-not-hold" }],
    issue: "waiver-policy-unknown waivers.0.policy",
    says: "did you mean rpo-not-held?",
    exit: 2,
  },
  {
    name: "a code that is never waived, with the reason",
    waivers: [waiver, { ...waiver, policy: "database-public" }],
    issue: "policy-never-waived waivers.1.policy",
    says: "no way to build a public database",
    exit: 3,
  },
  {
    name: "no end",
    waivers: [{ ...waiver, until: undefined }],
    issue: "setting-missing waivers.0.until",
    says: "a day of the calendar",
    exit: 2,
  },
  {
    name: "an end that is no day",
    waivers: [{ ...waiver, until: "2026-02-30" }],
    issue: "date-invalid waivers.0.until",
    says: "2026-02-30",
    exit: 2,
  },
  {
    name: "nobody who answers for it",
    waivers: [{ ...waiver, owner: "" }],
    issue: "text-invalid waivers.0.owner",
    says: "a text on one line",
    exit: 2,
  },
  {
    name: "a mistyped key, which would make it wider than it was meant",
    waivers: [{ ...waiver, off: "shop-images" }],
    issue: "unknown-key waivers.0.off",
    says: "did you mean of?",
    exit: 2,
  },
  {
    name: "no list",
    waivers: waiver,
    issue: "setting-type waivers",
    says: "a list of waivers",
    exit: 2,
  },
])("refused, a waiver with $name", ({ waivers, issue, says, exit }) => {
  const result = check({ shared: { waivers } });
  expect(result.issues).toEqual([issue]);
  expect(result.exit).toBe(exit);
  expect(result.messageOf(issue.split(" ")[0] ?? "")).toContain(says);
});

test.each([
  [480, 0, []],
  ["474.35", 3, ["budget-exceeded policies.budget"]],
  [400, 3, ["budget-exceeded policies.budget"]],
  ["none", 0, []],
  [-1, 2, ["amount-invalid policies.budget"]],
  ["much", 2, ["amount-invalid policies.budget"]],
  [1e21, 2, ["amount-invalid policies.budget"]],
])("a budget of %s ends with %i", (budget, exit, issues) => {
  // A month of rush, by the hour: 474.354 EUR of what has a known price.
  expect(check({ shared: { "policies.budget": budget, "policies.priceBookAge": "P3650D" } })).toMatchObject({
    exit,
    issues,
  });
});

test("within the budget, what has no price is said and never counted as zero", () => {
  const { warnings, messageOf } = check({
    shared: { "policies.budget": 480, "policies.priceBookAge": "P3650D" },
  });
  expect(warnings).toContain("budget-not-sure policies.budget");
  expect(messageOf("budget-not-sure")).toMatch(
    /a month of rush .*without a price and not counted: .*database mysql essential db1-4/,
  );
});

test("old prices are a warning, and a refusal where a budget rests on them", () => {
  // The catalogue is of 2026-06-30: 540 days later is 2027-12-22.
  const dayAfter = new Date("2027-12-23T00:00:00Z");
  const last = new Date("2027-12-22T12:00:00Z");
  expect(check({}, last).warnings).toEqual([]);
  expect(check({}, dayAfter)).toMatchObject({ exit: 0, warnings: ["price-book-old policies.priceBookAge"] });
  expect(check({ shared: { "policies.budget": 500 } }, last)).toMatchObject({ exit: 0, issues: [] });
  expect(check({ shared: { "policies.budget": 500 } }, dayAfter)).toMatchObject({
    exit: 3,
    issues: ["price-book-old policies.priceBookAge"],
  });
});

test("an event that comes only once is told when its rush is over, and not before", () => {
  const salon = { name: "salon", kind: "once", from: "2026-06-10", to: "2026-06-12", lead: "P3D", end: "P2D" };
  const shared = { "calendar.events": [salon] };
  expect(check({ shared }, new Date("2026-06-14T12:00:00Z")).warnings).toEqual([]);
  const over = check({ shared }, new Date("2026-06-15T12:00:00Z"));
  expect(over).toMatchObject({ exit: 0, warnings: ["calendar-horizon calendar.events"] });
  expect(over.messageOf("calendar-horizon")).toContain("salon until 2026-06-14");
});

/** Ten fronts of the larger size, as a shop asks for that grows without looking at its database. */
const tenFronts = {
  shared: { "prestashop.addresses": Array.from({ length: 10 }, (_, index) => `10.10.1.${10 + index}`) },
  rush: { "prestashop.fronts": 10 },
};

test("ten fronts are more than a small database accepts, unless each is given fewer PHP children", () => {
  const { exit, issues, messageOf } = check(tenFronts);
  expect({ exit, issues }).toEqual({ exit: 3, issues: ["connections-exceed-limit mysql.flavor"] });
  expect(messageOf("connections-exceed-limit")).toMatch(
    /10 machines.*96 each.*960 connections.*at most 300.*prestashop\.phpChildren/s,
  );
  const fewer = { ...tenFronts.shared, "prestashop.phpChildren": 15 };
  expect(check({ ...tenFronts, shared: fewer })).toMatchObject({ exit: 0, issues: [] });
  const larger = { ...tenFronts.shared, "mysql.flavor": "db1-15", "mysql.disk": 320 };
  expect(check({ ...tenFronts, shared: larger })).toMatchObject({ exit: 0, issues: [] });
});

test("a network of public addresses would make the databases public", () => {
  const subnets = Object.fromEntries(
    ["loadBalancer", "prestashop", "mysql", "odoo", "postgresql"].map((part, index) => [
      part,
      { cidr: `9.10.${index}.0/24`, vlan: 100 + index },
    ]),
  );
  const { exit, issues } = check({
    shared: {
      "network.cidr": "9.10.0.0/16",
      "network.subnets": subnets,
      "loadBalancer.address": "9.10.0.1",
      "prestashop.addresses": ["9.10.1.10", "9.10.1.11", "9.10.1.12"],
      "odoo.address": "9.10.3.10",
    },
  });
  expect(exit).toBe(3);
  expect(issues).toEqual(["database-public mysql", "database-public postgresql"]);
});

test("policies are judged beside other problems, as far as what they need is there", () => {
  const { exit, issues } = check({
    shared: { ...slowImages, "odoo.colour": "blue" },
    normal: { "prestashop.fronts": 1 },
  });
  expect(exit).toBe(2);
  expect(issues.toSorted()).toEqual([
    "fronts-too-few prestashop.fronts",
    "rpo-not-held storage.copy.copyEvery",
    "unknown-key odoo.colour",
  ]);
});

describe("a command that looks or repairs", () => {
  const load = (shared: Changes["shared"] = {}, normal: Changes["normal"] = {}) =>
    loadProject(settingsFolder({ shared, normal }), "prod", { now: nextDay, policies: "tell" });

  test("is told what is refused, with the waiver that ended, and goes on", () => {
    const project = load({ ...slowImages, waivers: [waiver] });
    expect(project).toMatchObject({ ok: true, value: { policies: [{ code: "rpo-not-held" }] } });
    expect(project.ok && project.value.policies[0]?.message).toContain("ended on 2026-07-31");
  });

  test("is refused what could not be built or switched", () => {
    expect(load({}, { "prestashop.fronts": 1 })).toMatchObject({ ok: false, issues: [{ code: "fronts-too-few" }] });
  });
});

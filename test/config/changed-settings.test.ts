import { describe, expect, test } from "vitest";
import { changeSettings, describeSetting, readChange } from "../../src/config/changed-settings.ts";
import { loadProject, readProjectFiles } from "../../src/systems/load-project.ts";
import { lorSchema } from "../../src/systems/lor/schema.ts";
import { settingsFolder } from "./settings-folder.ts";

function read(text: string) {
  const folder = settingsFolder();
  const raw = readProjectFiles(folder, "prod");
  const project = loadProject(folder, "prod", { now: new Date("2026-06-01") });
  if (!raw.ok || !project.ok) throw new Error("the committed settings are refused");
  const sections = Object.keys(lorSchema.shape);
  return {
    raw: raw.value,
    project: project.value,
    change: readChange(text, { raw: raw.value, settings: project.value.settings, sections }),
  };
}

describe("a value is read as its setting is written", () => {
  test.each([
    ["rpo=15m", "shared", "rpo", "PT15M"],
    ["rpo=90s", "shared", "rpo", "PT90S"],
    ["rpo=2h", "shared", "rpo", "PT2H"],
    ["calendar.events.0.lead=14d", "shared", "calendar.events.0.lead", "P14D"],
    ["rpo=PT15M", "shared", "rpo", "PT15M"],
    ["rpo=soon", "shared", "rpo", "soon"],
    ["rush.prestashop.fronts=4", "rush", "prestashop.fronts", 4],
    ["normal.prestashop.frontsFlavor=b2-15", "normal", "prestashop.frontsFlavor", "b2-15"],
    ["mysql.version=8", "shared", "mysql.version", "8"],
    ["storage.size=250", "shared", "storage.size", 250],
    ["prestashop.addresses=[10.10.1.10, 10.10.1.11]", "shared", "prestashop.addresses", ["10.10.1.10", "10.10.1.11"]],
    ["prestashop.release.url=https://a.example/x?y=z", "shared", "prestashop.release.url", "https://a.example/x?y=z"],
    ["policies.budget=none", "shared", "policies.budget", "none"],
  ])("%s", (text, place, path, value) => {
    expect(read(text).change).toEqual({ ok: true, value: { place, path, value } });
  });
});

describe("refused, with the option, what was seen and what is accepted", () => {
  test.each([
    ["rpo", "comparison-form", "PATH=VALUE"],
    ["=15m", "comparison-form", "PATH=VALUE"],
    ["rpo=", "comparison-form", "PATH=VALUE"],
    ["a..b=1", "comparison-form", "PATH=VALUE"],
    ["prestashop.addresses=[1", "comparison-form", "YAML"],
    ["nomral.prestashop.fronts=3", "comparison-unknown", "did you mean normal?"],
    ["rpoo=1h", "comparison-unknown", "did you mean rpo?"],
    ["normal=3", "comparison-unknown", [...Object.keys(lorSchema.shape), "normal", "rush"].join(", ")],
    ["prestashop.fronts=4", "comparison-of-profile", "normal.prestashop.fronts=VALUE, rush.prestashop.fronts=VALUE"],
  ])("%s", (text, code, says) => {
    const { change } = read(text);
    if (change.ok) throw new Error("accepted");
    expect(change.issues).toMatchObject([{ code, path: expect.stringContaining("--compare") }]);
    expect(change.issues[0]?.message).toContain(says);
  });
});

test("a change reaches its own file and leaves the settings that are there alone", () => {
  const { raw } = read("rpo=1h");
  const before = JSON.stringify(raw);
  const changed = changeSettings(raw, [
    { place: "shared", path: "odoo.filestore.copyEvery", value: "PT5M" },
    { place: "rush", path: "prestashop.fronts", value: 4 },
    { place: "shared", path: "calendar.events.1.lead", value: "P7D" },
    { place: "shared", path: "waivers.0.policy", value: "rpo-not-held" },
  ]);
  expect(JSON.stringify(raw)).toBe(before);
  expect(changed.shared).toMatchObject({
    odoo: { filestore: { copyEvery: "PT5M", copyTimeout: "PT10M" }, flavor: "b2-15" },
    calendar: { events: [{ lead: "P21D" }, { name: "paques", lead: "P7D" }, { lead: "P21D" }] },
  });
  expect(changed.profiles.rush.settings.prestashop).toEqual({ fronts: 4, frontsFlavor: "b2-15" });
  expect(changed.profiles.normal).toBe(raw.profiles.normal);
});

test("a setting is told in one line, a value that looks like a secret not at all", () => {
  const { normal } = read("rpo=1h").project.settings;
  expect(describeSetting(normal, "rpo")).toBe("PT1H");
  expect(describeSetting(normal, "storage.copy.copyEvery")).toBe("PT30M");
  expect(describeSetting(normal, "prestashop.addresses")).toBe('["10.10.1.10","10.10.1.11","10.10.1.12"]');
  expect(describeSetting(normal, "prestashop.fronts")).toBe("2");
  expect(describeSetting(normal, "constructor")).toBeUndefined();
  const key = "Zk3vQ9xT1bL7mW4pR8sY2nD6";
  expect(describeSetting({ odoo: { image: key } }, "odoo.image")).not.toContain(key);
});

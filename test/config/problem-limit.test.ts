import { expect, it } from "vitest";
import { checkSettings } from "../../src/actions/check/check-settings.ts";
import { committed, settingsFolder } from "./settings-folder.ts";

function issuesOf(count: number) {
  const keys = Array.from({ length: count }, (_, index) => `      key${index}: 1\n`).join("");
  const text = committed("Pulumi.yaml").replace("  mysql:\n    value:\n", (found) => found + keys);
  return checkSettings({ dir: settingsFolder({ files: { "Pulumi.yaml": text } }), stack: "prod" }).report.issues;
}

it("shows twenty problems of a kind and counts the rest", () => {
  const issues = issuesOf(3000);
  expect(issues).toHaveLength(21);
  expect(issues.every(({ code }) => code === "unknown-key")).toBe(true);
  expect(issues.at(-1)?.message).toMatch(/; and 2979 more problems of this kind$/);
});

it("shows twenty-one problems as they are", () => {
  expect(issuesOf(21).map(({ path }) => path)).toEqual(Array.from({ length: 21 }, (_, index) => `mysql.key${index}`));
});

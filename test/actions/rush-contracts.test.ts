import { Temporal } from "temporal-polyfill";
import { expect, test } from "vitest";
import { rushContracts } from "../../src/actions/cost/rush-contracts.ts";
import { renderRushContracts } from "../../src/cli/render/contracts.ts";
import { lorProject } from "../systems/lor/lor-project.ts";

const at = (day: string, event?: string) =>
  rushContracts({ project: lorProject(), now: Temporal.Instant.from(`${day}T12:00:00Z`), event });

test("a rush says which contract its instances should have until its end", () => {
  const contracts = at("2027-01-20", "saint-valentin");
  expect(contracts === undefined ? undefined : renderRushContracts(contracts)).toBe(
    "ps-0, ps-1, ps-2 as b2-15 until 2027-02-15: 74.08 EUR each by the hour, 92.40 by monthly plan, which stays until the instance is deleted; cheaper by the hour",
  );
});

test("without an event it is the rush that is on; when none is, nobody knows how long it lasts", () => {
  expect(at("2027-03-20")?.instances.map(({ instance, cheaper }) => [instance, cheaper])).toEqual([
    ["ps-0", "monthly-plan"],
    ["ps-1", "monthly-plan"],
    ["ps-2", "monthly-plan"],
  ]);
  expect(at("2027-06-20")).toBeUndefined();
});

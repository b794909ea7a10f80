import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { describe, expect, it } from "vitest";
import { coarseNamesOf } from "../../src/engine/coarse-names.ts";

const step = (more: object) =>
  ({
    op: "update",
    old: { inputs: { flavorId: "a" } },
    new: { inputs: { flavorId: "b" } },
    ...more,
  }) as unknown as StepEventMetadata;

describe("where the provider gives no details", () => {
  it("what it computes anew is no cause of the change", () => {
    expect(coarseNamesOf(step({ diffs: ["createdAt", "flavorId", "id", "vipAddress"] }))).toEqual(["flavorId"]);
  });

  it("an input that was there before, or is new, is one", () => {
    const sides = { old: { inputs: { lock: {} } }, new: { inputs: { tags: {} } } };
    expect(coarseNamesOf(step({ ...sides, diffs: ["id", "lock", "tags"] }))).toEqual(["lock", "tags"]);
  });

  it("all that is named is told where none of it is an input", () => {
    expect(coarseNamesOf(step({ diffs: ["id", "serviceName"] }))).toEqual(["id", "serviceName"]);
  });
});

it("details are left as they are", () => {
  expect(coarseNamesOf(step({ diffs: ["password"], detailedDiff: { passwordReset: {} } }))).toEqual(["password"]);
});

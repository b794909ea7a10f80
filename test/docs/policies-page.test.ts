import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { policies } from "../../src/domain/policy/policies.ts";
import { collectErrorCodes } from "./error-codes.ts";
import { root } from "./markdown.ts";
import { policiesPage, renderPoliciesPage } from "./policies-page.ts";

test("the page is what the policies say now", () => {
  // When this fails: node test/docs/generate-errors.ts
  expect(renderPoliciesPage()).toBe(readFileSync(join(root, policiesPage), "utf8"));
});

test("every policy is an error code with the same exit", () => {
  const codes = collectErrorCodes(root);
  for (const { code, exit, kind, remedy } of policies) {
    const places = codes.find((each) => each.code === code)?.places ?? [];
    const own = places.find(({ file }) => file.startsWith("src/domain/policy/"));
    expect({ code, exit: own?.exit, next: own?.next, warning: own?.warning }).toEqual({
      code,
      exit: kind === "warning" ? undefined : exit,
      next: remedy,
      warning: kind === "warning",
    });
  }
});

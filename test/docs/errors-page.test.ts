import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { errorCodes } from "../../src/core/error-codes.ts";
import { LorError } from "../../src/core/errors.ts";
import type { Issue } from "../../src/core/result.ts";
import { collectErrorCodes } from "./error-codes.ts";
import { errorsPage, renderErrorsPage } from "./errors-page.ts";

const root = join(import.meta.dirname, "..", "..");
const codes = collectErrorCodes(root);

test("the page is what the code says now", () => {
  // When this fails: npm run docs
  expect(renderErrorsPage(codes)).toBe(readFileSync(join(root, errorsPage), "utf8"));
});

test("every code is in kebab-case, in alphabetical order", () => {
  const names = Object.keys(errorCodes);
  expect(names.filter((code) => !/^[a-z]+(-[a-z0-9]+)*$/.test(code))).toEqual([]);
  expect(names).toEqual(names.toSorted());
});

test("every code is raised somewhere", () => {
  expect(codes.filter(({ places }) => places.length === 0).map(({ code }) => code)).toEqual([]);
});

test("every place of a code ends with the exit that the code has", () => {
  const contradictions = codes.flatMap(({ code, places }) =>
    places
      .filter(({ exit }) => exit !== undefined && exit !== errorCodes[code].exit)
      .map(({ exit, file }) => `${code}: ${exit} in ${file}, ${errorCodes[code].exit} in src/core/error-codes.ts`),
  );
  expect(contradictions).toEqual([]);
});

test("an error or a problem of a setting with a code that is not listed does not compile", () => {
  // @ts-expect-error: no such code
  const error = new LorError({ code: "no-such-code", message: "no", exit: 2, culprit: "user" });
  // @ts-expect-error: no such code
  const issue: Issue = { path: "rpo", code: "no-such-code", message: "no", exit: 2 };
  expect([error.code, issue.code].filter((code) => Object.hasOwn(errorCodes, code))).toEqual([]);
});

test("codes are found behind functions, unions, defaults and settings' fields", () => {
  const places = (name: string) => codes.find(({ code }) => code === name)?.places;
  expect(places("resize-front-failed")?.[0]?.exit).toBe("cause");
  expect(places("cloud-conflict")?.[0]?.file).toBe("src/clouds/http/call.ts");
  expect(places("address-in-pool")?.[0]).toMatchObject({ exit: 2, file: "src/systems/lor/rules/address-rules.ts" });
  expect(places("rpo-not-held")?.[0]?.exit).toBe(3);
  expect(places("vlan-invalid")?.[0]).toMatchObject({ exit: 2, file: "src/systems/lor/schema.ts" });
  expect(places("no-address-for-extra-front")?.map(({ exit }) => exit)).toContain(1);
  expect(places("placeholder-value")?.[0]).toMatchObject({ warning: true, exit: undefined });
});

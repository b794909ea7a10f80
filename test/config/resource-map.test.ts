import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { readResourceMap, resolveMap } from "../../src/config/resource-map.ts";
import type { LorError } from "../../src/core/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-infra-map-"));
afterAll(() => rmSync(folder, { recursive: true }));

const instance = "openstack:compute/instance:Instance";
const resources = [
  { type: instance, name: "ps-0" },
  { type: "ovh:CloudProject/user:User", name: "both" },
  { type: "ovh:CloudProjectDatabase/user:User", name: "both" },
];

function read(text: string) {
  const file = join(folder, "map.yaml");
  writeFileSync(file, text);
  return readResourceMap(file, "--map");
}

function failure(work: () => unknown): LorError {
  try {
    work();
  } catch (error) {
    return error as LorError;
  }
  throw new Error("nothing was refused");
}

it("takes a type by its last word or whole", () => {
  const short = resolveMap(read("Instance ps-0: web-1\n"), "--map", resources);
  const whole = resolveMap(read(`"${instance} ps-0": web-1\n`), "--map", resources);
  expect([...short]).toEqual([[`${instance} ps-0`, "web-1"]]);
  expect([...whole]).toEqual([...short]);
});

it("names a resource that is not looked for, and those that are", () => {
  expect(failure(() => resolveMap(read("Instance web: x\n"), "--map", resources))).toMatchObject({
    code: "map-unknown-resource",
    seen: "Instance web",
    accepted: expect.stringContaining("Instance ps-0"),
  });
});

it("asks for the whole type where the last word has two", () => {
  const error = failure(() => resolveMap(read("User both: x\n"), "--map", resources));
  expect(error.accepted).toBe("ovh:CloudProject/user:User both, ovh:CloudProjectDatabase/user:User both");
});

it.each([
  ["a number would lose its zeros", "Instance ps-0: 0123\n"],
  ["no lines", "planted-secret\n"],
  ["no YAML", "Instance ps-0: [planted-secret\n"],
])("refuses a file with %s, and shows nothing of it", (_, text) => {
  const error = failure(() => read(text));
  expect(error.code).toBe("map-unreadable");
  expect(JSON.stringify([error.message, error.seen, error.accepted])).not.toContain("planted-secret");
});

it("says that there is no such file", () => {
  expect(failure(() => readResourceMap(join(folder, "none.yaml"), "--map")).message).toContain("file-missing");
});

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { imagePackages } from "../../../src/local-cloud/machines/packages.ts";

const machines = new URL("../../../src/machines/", import.meta.url);

/** Packages of a guest script's lists; names that it builds from a list are given by their prefix. */
function packagesOf(script: string): readonly string[] {
  const source = readFileSync(new URL(script, machines), "utf8");
  return [...source.matchAll(/^PACKAGES \+?= (\[.*?\])$/gm)].flatMap(([, list = ""]) => {
    const prefix = /"php%s-%s" % \(lor_shop\.PHP, name\)/.test(list) ? "php8.2-" : "";
    return [...list.matchAll(/"([a-z0-9.+-]+)"/g)].map(([, name = ""]) => `${prefix}${name}`);
  });
}

it.each(["machine/lor-apply.py", "prestashop/lor_role.py", "odoo/lor_role.py"])(
  "the image has every package that %s installs",
  (script) => {
    const packages = packagesOf(script);
    expect(packages.length).toBeGreaterThanOrEqual(3);
    expect(imagePackages).toEqual(expect.arrayContaining([...packages]));
  },
);

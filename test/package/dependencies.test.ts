import { readFileSync } from "node:fs";
import { join } from "node:path";
import { subset } from "semver";
import { describe, expect, it } from "vitest";

/** What `npm ci` reads of each package. */
interface LockedPackage {
  readonly engines?: { readonly node?: string };
  readonly hasInstallScript?: boolean;
}

const root = join(import.meta.dirname, "..", "..");
const lock: { readonly packages: Readonly<Record<string, LockedPackage>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);
const supported = lock.packages[""]?.engines?.node ?? "";
const dependencies = Object.entries(lock.packages).filter(([path]) => path !== "");

describe("npm ci", () => {
  it("warns of no package on a Node that package.json names", () => {
    const refused = dependencies
      .filter(([, { engines }]) => engines?.node !== undefined && !subset(supported, engines.node))
      .map(([path, { engines }]) => `${path} wants Node ${engines?.node}`);
    expect(supported).toContain("20");
    expect(refused).toEqual([]);
  });

  it("needs no install script of a package", () => {
    // protobufjs only checks how its dependents spell its version.
    expect(dependencies.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([
      "node_modules/protobufjs",
    ]);
  });
});

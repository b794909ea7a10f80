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
/** Loaded by the pinned Node only; docs/decisions/node-versions.md says why it is not held back. */
const pinnedNodeOnly = ["node_modules/@pulumi/pulumi"];
const dependencies = Object.entries(lock.packages).filter(([path]) => path !== "");

describe("npm ci", () => {
  it("warns of no package on a Node that package.json names", () => {
    const refused = dependencies
      .filter(([, { engines }]) => engines?.node !== undefined && !subset(supported, engines.node))
      .map(([path]) => path);
    expect(supported).toContain("20");
    expect(refused).toEqual(pinnedNodeOnly);
    // The one block of that package is noise: npm's Node never loads it.
    expect(readFileSync(join(root, ".npmrc"), "utf8")).toContain("loglevel=error");
  });

  it("needs no install script of a package", () => {
    // protobufjs only checks how its dependents spell its version.
    expect(dependencies.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([
      "node_modules/protobufjs",
    ]);
  });
});

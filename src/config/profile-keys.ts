import { nearestName } from "../core/nearest-name.ts";
import type { Issue } from "../core/result.ts";
import { problem } from "./problem.ts";
import type { RawProfileFile } from "./raw-project.ts";
import { isMapping, type RawMapping } from "./yaml-file.ts";

/** A profile file contains only settings that may differ; shared ones are written once, in Pulumi.yaml. */
export function findForeignProfileKeys(
  { file, settings }: RawProfileFile,
  allowed: readonly string[],
): readonly Issue[] {
  return leaves(settings, allowed)
    .filter((path) => !allowed.includes(path))
    .map((path) => {
      const meant = nearestName(path, allowed);
      const guess = meant === undefined ? "what both profiles share is in Pulumi.yaml" : `did you mean ${meant}?`;
      return problem(path, "key-not-in-profile", {
        what: `${file} may not hold this setting, ${guess}`,
        accepted: allowed.join(", "),
      });
    });
}

function leaves(value: RawMapping, allowed: readonly string[], prefix = ""): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = `${prefix}${key}`;
    if (allowed.includes(path) || !isMapping(inner)) return [path];
    return leaves(inner, allowed, `${path}.`);
  });
}

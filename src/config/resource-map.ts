import { basename, dirname } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import { readYamlFile } from "./yaml-file.ts";

/** Lines `Type name: value` of a file, such as `Instance ps-0: web-1`; a type may be complete (`openstack:compute/instance:Instance ps-0`). */
export type ResourceMap = ReadonlyMap<string, string>;

/**
 * Reads a file with one value per resource of the program.
 * @param option for messages: `--map`
 * @throws LorError `map-unreadable`, without any value of the file, because it may contain secrets
 */
export function readResourceMap(file: string, option: string): ResourceMap {
  const read = readYamlFile(dirname(file), basename(file));
  const problem = (what: string) =>
    new LorError({
      code: "map-unreadable",
      message: `the file of ${option} ${what}`,
      exit: ExitCode.usage,
      culprit: "user",
      path: option,
      seen: file,
      accepted: "YAML, one resource a line: `Instance ps-0: value`",
    });
  if (!read.ok) throw problem(`cannot be read (${read.issues.map((issue) => issue.code).join(", ")})`);
  return new Map(
    Object.entries(read.value).map(([key, value]) => {
      if (typeof value !== "string") throw problem(`has no text behind ${key} (a number has to be in quotes)`);
      return [key.trim().replaceAll(/\s+/g, " "), value];
    }),
  );
}

/** Name of a resource in such a file: `Instance ps-0`. */
export function mapKey({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type.split(":").at(-1)} ${name}`;
}

/**
 * The lines with complete types.
 * @throws LorError `map-unknown-resource`
 */
export function resolveMap(
  map: ResourceMap,
  option: string,
  resources: readonly { readonly type: string; readonly name: string }[],
): ReadonlyMap<string, string> {
  return new Map(
    [...map].map(([key, value]) => {
      const meant = resources.filter((one) => key === mapKey(one) || key === resourceKey(one));
      const [only] = meant;
      if (only !== undefined && meant.length === 1) return [resourceKey(only), value] as const;
      throw new LorError({
        code: "map-unknown-resource",
        message: `${option} names a resource that ${only === undefined ? "this command does not look for" : "is there under two types"}`,
        exit: ExitCode.usage,
        culprit: "user",
        path: option,
        seen: key,
        accepted: (only === undefined ? resources.map(mapKey) : meant.map(resourceKey)).join(", "),
      });
    }),
  );
}

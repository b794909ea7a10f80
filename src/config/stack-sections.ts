import type { Issue } from "../core/result.ts";
import { problem } from "./problem.ts";
import { isMapping, type RawMapping } from "./yaml-file.ts";

/** Settings that replace the shared ones, by name of the stack. */
export type StackSections = Readonly<Record<string, RawMapping>>;

/** Splits the section `stacks` off the shared settings. */
export function readStackSections(shared: RawMapping): {
  readonly base: RawMapping;
  readonly stacks: StackSections;
  readonly issues: readonly Issue[];
} {
  const { stacks = {}, ...base } = shared;
  const accepted = "a group of settings for each stack, such as test: { network: { cidr: 10.20.0.0/16 } }";
  if (!isMapping(stacks)) {
    return {
      base,
      stacks: {},
      issues: [problem("stacks", "setting-type", { what: "is not a group of settings", seen: stacks, accepted })],
    };
  }
  const issues: Issue[] = [];
  const sections: [string, RawMapping][] = [];
  for (const [name, section] of Object.entries(stacks)) {
    const path = `stacks.${name}`;
    if (!isMapping(section)) {
      issues.push(problem(path, "setting-type", { what: "is not a group of settings", seen: section, accepted }));
    } else if (Object.hasOwn(section, "system")) {
      const what = "every stack of a project is of the same system";
      issues.push(
        problem(`${path}.system`, "stack-of-other-system", { what, seen: section.system, accepted: "no such key" }),
      );
    } else {
      sections.push([name, section]);
    }
  }
  return { base, stacks: Object.fromEntries(sections), issues };
}

import { mergeSettings } from "../config/merge-settings.ts";
import { problem } from "../config/problem.ts";
import type { RawProject } from "../config/raw-project.ts";
import { findSecrets } from "../config/secrets-in-settings.ts";
import { parseSections } from "../config/sections.ts";
import type { Issue } from "../core/result.ts";
import type { SharedSettings, SystemDefinition } from "./contract.ts";

/** Default stack of every command. */
const defaultStack = "prod";

/**
 * Refuses a stack that would use resources of another stack of the project. The other stacks are those with a section of their own and the one with
 * the shared settings: `prod`, unless only other stacks are recorded.
 * @param recorded existing stacks, as far as this machine's state folder shows
 */
export function findCollisions(
  stack: string,
  raw: RawProject,
  settings: Partial<SharedSettings>,
  system: SystemDefinition,
  recorded: readonly string[],
): readonly Issue[] {
  const others = new Set([...Object.keys(raw.stacks), ownerOfShared(raw, recorded)]);
  others.delete(stack);
  const secrets = findSecrets({ stacks: raw.stacks });
  return [...secrets, ...[...others].flatMap((other) => collisionsWith(other, { stack, raw, settings, system }))];
}

function ownerOfShared({ stacks }: RawProject, recorded: readonly string[]): string {
  const candidates = recorded.filter((name) => !Object.hasOwn(stacks, name)).toSorted();
  return candidates.includes(defaultStack) ? defaultStack : (candidates[0] ?? defaultStack);
}

interface Judged {
  readonly stack: string;
  readonly raw: RawProject;
  readonly settings: Partial<SharedSettings>;
  readonly system: SystemDefinition;
}

function collisionsWith(other: string, { stack, raw, settings, system }: Judged): readonly Issue[] {
  const section = raw.stacks[other] ?? {};
  const profile = raw.profiles.normal.settings;
  const theirs = parseSections(system.schema, mergeSettings(mergeSettings(raw.base, section), profile));
  const broken = theirs.issues
    .filter(({ path }) => Object.hasOwn(section, path.split(".")[0] ?? path))
    .map((issue) => ({ ...issue, path: `stacks.${other}.${issue.path}` }));
  const collisions = system.collisions?.(settings, theirs.settings as Partial<SharedSettings>) ?? [];
  return [
    ...broken,
    ...collisions.map(({ path, value, accepted }) =>
      problem(path, "stacks-collide", {
        what: `the stacks ${stack} and ${other} of this project would both use it`,
        seen: value,
        accepted: `${accepted}; write it in Pulumi.yaml as config.stacks.value.${stack}.${path}`,
      }),
    ),
  ];
}

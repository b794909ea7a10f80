import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import type { ValueChange } from "./port.ts";
import { joinPath, keysOfPath, memberOf } from "./property-path.ts";
import { isUnknown, secretPlaceholder } from "./resource-identity.ts";
import { specialKey } from "./special-values.ts";

const maskedValue = "(secret)";
const unknownValue = "(known after the change)";

/**
 * Values before and after a step, one entry for each property or member that differs.
 * A value is masked when the engine marks it, or anything that contains it, as secret in the inputs or outputs of either side: an output may be
 * secret (`additionalSecretOutputs`) while the input of the same name is not.
 * @param paths property paths that differ
 * @param scrub redacts known secrets in a text
 */
export function valueChangesOf(
  step: StepEventMetadata,
  paths: readonly string[],
  scrub: (text: string) => string,
): readonly ValueChange[] {
  const { old, new: next } = step;
  if (!old || !next) return [];
  const sides = [old.inputs, old.outputs, next.inputs, next.outputs];
  const mask = (value: unknown, path: string) =>
    masked(
      value,
      sides.map((side) => readAt(side, path)),
      scrub,
    );
  const leaves = paths.flatMap((path) => {
    const after = wantedAt(next, path);
    return differencesOf(path, foundAt(step, path, after), after);
  });
  const unique = new Map(leaves.map((one) => [one.path, one]));
  return [...unique.values()]
    .map(({ path, before, after }) => ({ path, before: mask(before, path), after: mask(after, path) }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

type StepState = NonNullable<StepEventMetadata["old"]>;

/** Values of the program; of a refresh, values of the cloud. */
function wantedAt({ inputs, outputs }: StepState, path: string): unknown {
  return readAt(inputs, path) ?? readAt(outputs, path);
}

/** Current values: the engine compares with the recorded inputs or, for a difference found by a refresh, with the outputs. */
function foundAt({ old, detailedDiff }: StepEventMetadata, path: string, after: unknown): unknown {
  const input = readAt(old?.inputs, path);
  const output = readAt(old?.outputs, path);
  const comparesInputs = detailedDiff?.[path]?.inputDiff === true;
  const [first, second] = comparesInputs || output === undefined ? [input, output] : [output, input];
  return isSame(first, after) && second !== undefined ? second : first;
}

interface Leaf {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Descends to the members that differ, while both sides are lists or both are records. */
function differencesOf(path: string, before: unknown, after: unknown): readonly Leaf[] {
  if (!isNested(before) || !isNested(after) || Array.isArray(before) !== Array.isArray(after)) {
    return [{ path, before, after }];
  }
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((key) => !isEngineKey(key));
  return keys.flatMap((key) => {
    const [one, other] = [memberOf(before, key), memberOf(after, key)];
    return isSame(one, other) ? [] : differencesOf(joinPath(path, key, Array.isArray(before)), one, other);
  });
}

/** Value at a path; `secretPlaceholder` when it, or anything that contains it, is secret. Its members may be secret all the same. */
function readAt(state: unknown, path: string): unknown {
  let value = state;
  for (const key of keysOfPath(path)) {
    if (isSecret(value)) return secretPlaceholder;
    value = memberOf(value, key);
  }
  return value;
}

function masked(value: unknown, sides: readonly unknown[], scrub: (text: string) => string): unknown {
  if (value === undefined || value === null) return null;
  if (isSecret(value) || sides.some(isSecret)) return maskedValue;
  if (typeof value === "string") return isUnknown(value) ? unknownValue : scrub(value);
  if (Array.isArray(value)) return value.map((one, index) => masked(one, membersOf(sides, String(index)), scrub));
  if (!isNested(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !isEngineKey(key))
      .map(([key, one]) => [key, masked(one, membersOf(sides, key), scrub)]),
  );
}

function membersOf(sides: readonly unknown[], key: string): readonly unknown[] {
  return sides.map((side) => memberOf(side, key));
}

/** In the form of the event log, and in the form of the state. */
function isSecret(value: unknown): boolean {
  return value === secretPlaceholder || (isNested(value) && Object.hasOwn(value, specialKey));
}

function isNested(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Such as `__defaults`: bookkeeping of bridged providers. */
function isEngineKey(key: string): boolean {
  return key.startsWith("__");
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

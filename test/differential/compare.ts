import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import type { Answer } from "./answer.ts";
import { type Sequence, shortType, wordsOf } from "./sequence.ts";

/** One thing that the two clouds do not answer alike. */
export interface Difference {
  /** Short name of the resource's type, such as `Network`. */
  readonly type: string;
  /** `outcome`, `replaces`, `outputs.mtu` … */
  readonly path: string;
  /** Its number, from 0. */
  readonly step: number;
  /** For people: the step, and both answers. */
  readonly text: string;
}

/** Everything in which `local` is not as `real`. */
export function compare(sequence: Sequence, real: readonly Answer[], local: readonly Answer[]): readonly Difference[] {
  const types = new Map<string, string>();
  return sequence.steps.flatMap((step, index) => {
    if (step.op === "create") types.set(step.name, shortType(step.type));
    const type = types.get(step.name) ?? "";
    const [theirs, ours] = [real[index], local[index]].map((answer) => partsOf(answer));
    if (theirs === undefined || ours === undefined) throw new Error(`step ${index} has no answer`);
    const paths = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].sort();
    return paths
      .filter((path) => !isDeepStrictEqual(theirs[path], ours[path]))
      .filter((path) => isDeepStrictEqual(theirs.outcome, ours.outcome) || /^(outcome|refusal)/.test(path))
      .map((path) => ({
        type,
        path,
        step: index,
        text: `step ${index}, ${wordsOf(step)}: ${path} of ${type} is ${JSON.stringify(theirs[path])}, on the local cloud ${JSON.stringify(ours[path])}`,
      }));
  });
}

function partsOf(answer: Answer | undefined): Record<string, unknown> {
  if (answer === undefined) return {};
  const { inputs, outputs, refusal, ...rest } = answer;
  const inner = (prefix: string, values: object = {}) =>
    Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value] as const);
  return {
    ...rest,
    ...Object.fromEntries([...inner("inputs", inputs), ...inner("outputs", outputs), ...inner("refusal", refusal)]),
  };
}

/** A difference that stays, with its reason: a row of the table in the provider's BEHAVIOUR.md. */
export interface KnownDifference {
  readonly type: string;
  readonly path: string;
  readonly reason: string;
}

export function isKnown(known: readonly KnownDifference[], { type, path }: Difference): boolean {
  return known.some((one) => one.type === type && one.path === path);
}

const behaviour = new URL("../../src/local-cloud/provider/BEHAVIOUR.md", import.meta.url);

/** The rows under "Seen on a real OpenStack". */
export function knownDifferences(): readonly KnownDifference[] {
  const [, section = ""] = readFileSync(behaviour, "utf8").split("## Seen on a real OpenStack");
  return [...section.matchAll(/^\| `([A-Za-z]+)`\s*\| `([A-Za-z.]+)`\s*\| (.+?)\s*\|$/gm)].map(
    ([, type = "", path = "", reason = ""]) => ({ type, path, reason }),
  );
}

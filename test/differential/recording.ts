import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import type { Answer } from "./answer.ts";
import { type Sequence, type Step, titleOf } from "./sequence.ts";

/** Folder of the recordings that the local cloud is held to. */
export const recordings = new URL("../openstack/recordings/", import.meta.url);

/** What a real OpenStack answered to a sequence, step by step. */
export interface Recording {
  readonly sequence: Sequence;
  /** Versions of provider and OpenStack. */
  readonly from: string;
  readonly answers: readonly Answer[];
}

export function recordedTitles(folder: URL): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".jsonl"))
    .map((file) => file.replace(/\.jsonl$/, ""))
    .sort();
}

/** Ids and times in answers that the sequence itself does not name: nothing that a cloud chose may be recorded. Longer ones are digests of what is named. */
export function leaks(sequence: unknown, answers: unknown): readonly string[] {
  const named = JSON.stringify(sequence);
  const found = JSON.stringify(answers).match(
    /(?<![0-9a-f])[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(?![0-9a-f])|\d\d:\d\d:\d\d(?!:)/gi,
  );
  return (found ?? []).filter((one) => !named.includes(one));
}

/** Two lines for each step, so that a difference can be read in a review: the step, and what it was answered. */
export function writeRecording(folder: URL, { sequence, from, answers }: Recording): void {
  const leaked = leaks(sequence, answers);
  if (leaked.length > 0) throw new Error(`answers to ${titleOf(sequence)} would be recorded with ${leaked.join(", ")}`);
  const { steps, ...header } = sequence;
  const lines = [{ ...header, from }, ...steps.flatMap((step, index) => [step, answers[index]])];
  mkdirSync(folder, { recursive: true });
  writeFileSync(fileOf(folder, titleOf(sequence)), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
}

export function readRecording(folder: URL, title: string): Recording {
  const [header, ...lines] = readFileSync(fileOf(folder, title), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  const { from, ...rest } = header as Omit<Sequence, "steps"> & { readonly from: string };
  const steps = lines.filter((_, index) => index % 2 === 0) as Step[];
  return { sequence: { ...rest, steps }, from, answers: lines.filter((_, index) => index % 2 === 1) as Answer[] };
}

function fileOf(folder: URL, title: string): URL {
  return new URL(`${title}.jsonl`, folder);
}

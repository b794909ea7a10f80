import { describe, expect, test } from "vitest";
import { recorded } from "../openstack/differential/sequences.ts";
import type { Answer } from "./answer.ts";
import { compare, type Difference, knownDifferences } from "./compare.ts";
import { generate } from "./generator/generate.ts";
import { LocalSide } from "./local-side.ts";
import { Player } from "./player.ts";
import { readRecording, recordedTitles } from "./recording.ts";
import type { Sequence } from "./sequence.ts";

/** The same operations as on a real OpenStack, whose answers are recorded: docs/openstack.md. */
const recordings = recordedTitles().map((title) => ({ title, ...readRecording(title) }));
const known = knownDifferences();
const seen = new Set<string>();

describe("the local cloud answers as OpenStack did", () => {
  test.each(recordings)("$title", async ({ sequence, answers }) => {
    const differences = compare(sequence, answers, await playLocally(sequence));
    const unknown = differences.filter((one) => !isKnown(one));
    expect(unknown.map(({ text }) => text)).toEqual([]);
  });
});

describe("what stays different", () => {
  test("is at most twenty things, and none about success, update or replacement", () => {
    expect(known.length).toBeLessThanOrEqual(20);
    for (const { path } of known) expect(path).toMatch(/^((outputs|inputs)\.[A-Za-z]+|refusal\.class)$/);
  });

  test.each(known)("$type $path was seen in this run", ({ type, path }) => {
    expect(seen).toContain(`${type} ${path}`);
  });
});

describe("the recordings", () => {
  test("are those of the sequences that are played on OpenStack", () => {
    expect(recordings.map(({ title }) => title)).toEqual(recorded.map((one) => one.join("-")).sort());
  });

  test("hold enough steps, few of which came to nothing", () => {
    const answers = recordings.flatMap((recording) => recording.answers);
    console.log(`${answers.length} steps of the seeds ${recordings.map(({ title }) => title).join(", ")}`);
    expect(answers.length).toBeGreaterThanOrEqual(300);
    expect(answers.filter(({ outcome }) => outcome === "skipped").length / answers.length).toBeLessThan(0.1);
  });

  test.each(recordings)("$title is what its seed makes", ({ sequence }) => {
    const again = generate(sequence.family, sequence.seed);
    expect(JSON.parse(JSON.stringify(again))).toEqual(sequence);
  });

  test.each(recordings)("$title holds no id and no time", ({ sequence, answers }) => {
    // The sequence itself has an id that nothing has.
    const named = JSON.stringify(sequence);
    const ids = JSON.stringify(answers).match(/[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|\d\d:\d\d:\d\d/g);
    expect((ids ?? []).filter((id) => !named.includes(id))).toEqual([]);
  });
});

async function playLocally(sequence: Sequence): Promise<readonly Answer[]> {
  const side = await LocalSide.open(sequence.quotas);
  const player = new Player({ sequence, provider: side.provider, given: side.given });
  const answers: Answer[] = [];
  try {
    for await (const { answer } of player.play()) answers.push(answer);
  } finally {
    side.close();
  }
  return answers;
}

function isKnown({ type, path }: Difference): boolean {
  const found = known.some((one) => one.type === type && one.path === path);
  if (found) seen.add(`${type} ${path}`);
  return found;
}

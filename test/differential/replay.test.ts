import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { recorded } from "../openstack/differential/sequences.ts";
import { compare, type Difference, isKnown, knownDifferences } from "./compare.ts";
import { generate } from "./generator/generate.ts";
import { playLocally } from "./play-locally.ts";
import { leaks, readRecording, recordedTitles, recordings as recordingsFolder } from "./recording.ts";

/** The same operations as on a real OpenStack, whose answers are recorded: docs/openstack.md. */
const recordings = readAll(recordingsFolder);
/** A folder of others, such as `npm run test:openstack -- --unseen` leaves. */
const otherFolder = process.env.LOR_INFRA_TEST_RECORDINGS;
const others = otherFolder === undefined ? [] : readAll(pathToFileURL(`${otherFolder}/`));
const known = knownDifferences();
const seen = new Set<string>();

describe("the local cloud answers as OpenStack did", () => {
  test.each([...recordings, ...others])("$title", async ({ sequence, answers }) => {
    const differences = compare(sequence, answers, await playLocally(sequence));
    const unknown = differences.filter((one) => !wasKnown(one));
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
    expect(leaks(sequence, answers)).toEqual([]);
  });
});

function readAll(folder: URL) {
  return recordedTitles(folder).map((title) => ({ title, ...readRecording(folder, title) }));
}

function wasKnown(difference: Difference): boolean {
  const found = isKnown(known, difference);
  if (found) seen.add(`${difference.type} ${difference.path}`);
  return found;
}

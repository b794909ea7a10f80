import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { compare, isKnown, knownDifferences } from "../../differential/compare.ts";
import { generate } from "../../differential/generator/generate.ts";
import { playLocally } from "../../differential/play-locally.ts";
import { writeRecording } from "../../differential/recording.ts";
import { Place } from "../lab/place.ts";
import { playForReal } from "./play-for-real.ts";
import { longest, openStackVersions, parseTitles } from "./sequences.ts";

/** With `npm run test:openstack -- --unseen 20`: sequences that no recording has, such as `ports-4711`. */
const drawn = parseTitles(process.env.LOR_INFRA_TEST_UNSEEN ?? "");

/** What OpenStack answered is kept here, so that a difference can be looked at without it. */
const kept = pathToFileURL(`${join(Place.fromEnvironment().folder, "unseen")}/`);

const known = knownDifferences();
let steps = 0;
const different: string[] = [];

describe.concurrent("the local cloud answers as OpenStack", () => {
  test.each(drawn)("%s, seed %i", { timeout: longest }, async (family, seed) => {
    const sequence = generate(family, seed);
    const { answers, words, left } = await playForReal(sequence);
    writeRecording(kept, { sequence, from: openStackVersions, answers });
    const differences = compare(sequence, answers, await playLocally(sequence)).filter((one) => !isKnown(known, one));
    steps += answers.length;
    different.push(...new Set(differences.map(({ step }) => `${family}-${seed} ${step}`)));
    expect(
      differences.map(({ text }) => text),
      `OpenStack's words: ${words.join("\n")}`,
    ).toEqual([]);
    expect(left).toEqual({});
  });
});

afterAll(() => {
  const equal = steps - different.length;
  console.log(
    `  ${steps} steps of seeds that no recording has: ${equal} equal (${((100 * equal) / Math.max(steps, 1)).toFixed(2)} %), ${different.length} different`,
  );
});

import { afterAll, describe, expect, test } from "vitest";
import { compare } from "../../differential/compare.ts";
import { generate } from "../../differential/generator/generate.ts";
import { readRecording, recordings, writeRecording } from "../../differential/recording.ts";
import { playForReal } from "./play-for-real.ts";
import { longest, openStackVersions, recorded } from "./sequences.ts";

/** With `npm run test:openstack -- --record`: what OpenStack answers is written down instead of compared. */
const recording = process.env.LOR_INFRA_TEST_RECORD !== undefined;

let steps = 0;

describe.concurrent("OpenStack answers as it is recorded", () => {
  test.each(recorded)("%s, seed %i", { timeout: longest }, async (family, seed) => {
    const sequence = generate(family, seed);
    const { answers, words, left } = await playForReal(sequence);
    steps += answers.length;
    if (recording) writeRecording(recordings, { sequence, from: openStackVersions, answers });
    const before = recording ? answers : readRecording(recordings, `${family}-${seed}`).answers;
    const differences = compare(sequence, before, answers).map(({ text }) => text);
    expect(differences, `its words: ${words.join("\n")}`).toEqual([]);
    expect(left).toEqual({});
  });
});

afterAll(() => console.log(`  ${steps} steps on OpenStack, seeds ${recorded.map((one) => one.join("-")).join(", ")}`));

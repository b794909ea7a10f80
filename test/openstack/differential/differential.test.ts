import { afterAll, describe, expect, test } from "vitest";
import type { Answer } from "../../differential/answer.ts";
import { compare } from "../../differential/compare.ts";
import { generate } from "../../differential/generator/generate.ts";
import { Player } from "../../differential/player.ts";
import { readRecording, writeRecording } from "../../differential/recording.ts";
import type { Sequence } from "../../differential/sequence.ts";
import { RealSide } from "./real-side.ts";
import { recorded } from "./sequences.ts";

/** With `npm run test:openstack -- --record`: what OpenStack answers is written down instead of compared. */
const recording = process.env.LOR_INFRA_TEST_RECORD !== undefined;
const from = "terraform-provider-openstack 1.54.1, OpenStack Zed (Debian 12)";

let steps = 0;

/** Most of a sequence is waiting, on a busy machine for long. */
const longest = 1_500_000;

describe.concurrent("OpenStack answers as it is recorded", () => {
  test.each(recorded)("%s, seed %i", { timeout: longest }, async (family, seed) => {
    const sequence = generate(family, seed);
    const { answers, words } = await playForReal(sequence);
    steps += answers.length;
    if (recording) writeRecording({ sequence, from, answers });
    const before = recording ? answers : readRecording(`${family}-${seed}`).answers;
    const differences = compare(sequence, before, answers).map(({ text }) => text);
    expect(differences, `its words: ${words.join("\n")}`).toEqual([]);
  });
});

afterAll(() => console.log(`  ${steps} steps on OpenStack, seeds ${recorded.map((one) => one.join("-")).join(", ")}`));

async function playForReal(sequence: Sequence): Promise<{ answers: readonly Answer[]; words: readonly string[] }> {
  const side = await RealSide.open(sequence.quotas);
  const player = new Player({ sequence, provider: side.provider, given: side.given });
  const answers: Answer[] = [];
  const said: string[] = [];
  try {
    for await (const { answer, words } of player.play()) {
      if (words !== undefined) said.push(`step ${answers.length}: ${words}`);
      answers.push(answer);
    }
  } finally {
    await player.cleanUp();
    side.close();
  }
  expect(await side.left()).toEqual({});
  return { answers, words: said };
}

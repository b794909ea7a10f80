import type { Answer } from "../../differential/answer.ts";
import { Player } from "../../differential/player.ts";
import type { Sequence } from "../../differential/sequence.ts";
import { RealSide } from "./real-side.ts";

export interface RealAnswers {
  readonly answers: readonly Answer[];
  /** The words of each refusal. */
  readonly words: readonly string[];
  /** What is still there after everything was deleted, by kind: nothing is {}. */
  readonly left: Readonly<Record<string, number>>;
}

/** Plays a sequence in an OpenStack project of its own. */
export async function playForReal(sequence: Sequence): Promise<RealAnswers> {
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
  return { answers, words: said, left: await side.left() };
}

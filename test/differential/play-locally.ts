import type { Answer } from "./answer.ts";
import { LocalSide } from "./local-side.ts";
import { Player } from "./player.ts";
import type { Sequence } from "./sequence.ts";

/** Plays a sequence on a local cloud of its own. */
export async function playLocally(sequence: Sequence): Promise<readonly Answer[]> {
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

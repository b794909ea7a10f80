/**
 * Rounds in which new machines are placed: at most as many at once as there are by then, so that a scheduler, which does not see a machine that it is just
 * placing, cannot put them all on one host (docs/decisions/fronts-one-after-another.md). Of none there yet: 1, 1, 2, 4, 8 …
 * @param placed number of machines that are there already
 */
export function placementRounds<T>(added: readonly T[], placed: number): readonly (readonly T[])[] {
  const rounds: (readonly T[])[] = [];
  for (let begin = 0; begin < added.length; begin += rounds.at(-1)?.length ?? 0) {
    rounds.push(added.slice(begin, begin + Math.max(1, placed + begin)));
  }
  return rounds;
}

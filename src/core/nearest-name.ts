import leven from "leven";

/** The most similar accepted name: at most a third of its letters differ. */
export function nearestName(seen: string, accepted: readonly string[]): string | undefined {
  let best: { readonly name: string; readonly distance: number } | undefined;
  for (const name of accepted) {
    const distance = leven(seen.toLowerCase(), name.toLowerCase());
    if (distance <= Math.max(1, Math.floor(name.length / 3)) && (best === undefined || distance < best.distance)) {
      best = { name, distance };
    }
  }
  return best?.name;
}

/** `, did you mean business?`; empty when no accepted name is similar. */
export function didYouMean(seen: string, accepted: readonly string[]): string {
  const meant = nearestName(seen, accepted);
  return meant === undefined ? "" : `, did you mean ${meant}?`;
}

import { isMapping, type RawMapping } from "./yaml-file.ts";

/** Merges settings with more specific ones; groups are merged, everything else is replaced. */
export function mergeSettings(shared: RawMapping, particular: RawMapping): RawMapping {
  const merged = new Map(Object.entries(shared));
  for (const [key, value] of Object.entries(particular)) {
    const below = merged.get(key);
    merged.set(key, isMapping(below) && isMapping(value) ? mergeSettings(below, value) : value);
  }
  return Object.fromEntries(merged);
}

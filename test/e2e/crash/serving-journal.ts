import type { JournalEntry } from "../../../src/local-cloud/kernel/journal.ts";
import { latencies } from "../../../src/local-cloud/kernel/latency.ts";

/** Outcomes of a call that the cloud carried out, whatever became of its answer. */
const carriedOut = new Set(["ok", "accepted", "dropped", "running"]);

/** Milliseconds of a machine's change at scale 1:100. A call whose answer was held, or whose caller died, seems to last longer. */
const longestChange = (latencies.serverResize + latencies.guestBoot) * 10;

/**
 * Fewest fronts in service at any moment after an entry, by the cloud's own journal: a member counts while it has a weight and its machine is
 * neither being changed nor deleted. A look from outside may miss a moment, which this does not; but it knows nothing of health.
 *
 * @param journal of the cloud from its beginning, in which a first creation lies before `after`
 */
export function fewestInService(journal: readonly JournalEntry[], after: number): number {
  const frontOf = new Map<string, string>();
  const open = new Set<string>();
  const changingUntil = new Map<string, number>();
  let fewest = Number.POSITIVE_INFINITY;
  for (const { seq, at, operation, outcome, type = "", name = "", id, duration } of journal) {
    const front = /^lor-prod-(ps-\d+)$/.exec(name)?.[1];
    // Only what was made has an id: its answer may have found nobody.
    if (front !== undefined && type.endsWith(":Member") && operation === "create" && id !== undefined) {
      frontOf.set(lastPart(id), front);
      // Those of a first creation serve at once; one that comes later is let in when it is healthy.
      if (seq <= after) open.add(front);
    }
    if (front !== undefined && type.endsWith(":Member") && operation === "delete") open.delete(front);
    if (front !== undefined && type.endsWith(":Instance") && /^(update|delete)$/.test(operation)) {
      changingUntil.set(front, at + Math.min(duration ?? longestChange, longestChange));
    }
    const [, member = "", weight] = /^PUT .*\/members\/(\S+) weight (\d+)$/.exec(name) ?? [];
    const weighed = frontOf.get(member);
    if (weighed !== undefined && carriedOut.has(outcome)) {
      if (weight === "0") open.delete(weighed);
      else open.add(weighed);
    }
    if (seq > after) {
      const serving = [...open].filter((one) => (changingUntil.get(one) ?? 0) <= at);
      fewest = Math.min(fewest, serving.length);
    }
  }
  return fewest;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

import type { Disruption } from "../../domain/recovery.ts";
import type { Project } from "../../systems/load-project.ts";
import { assessRpo, type RpoEntry } from "./assess-rpo.ts";

export interface DataLossComparison {
  /** Accepted data loss, in seconds. Before: null without the settings before the change. */
  readonly rpoSeconds: { readonly before: number | null; readonly after: number };
  /** One entry for each data set and disruption. */
  readonly entries: readonly ComparedLoss[];
}

export interface ComparedLoss {
  readonly dataSet: string;
  readonly disruption: Disruption;
  /** Null: unknown (no settings before the change), or no such data set. */
  readonly before: ComparedLossSide | null;
  readonly after: ComparedLossSide | null;
  /** Both sides are known and differ. */
  readonly differs: boolean;
}

export interface ComparedLossSide {
  /** Null: no copy, unlimited. */
  readonly worstCaseSeconds: number | null;
  readonly held: boolean;
  readonly statement: string;
}

/** Promised data loss before and after; for the data sets of either side. */
export function compareDataLoss(base: Project | undefined, project: Project): DataLossComparison {
  const after = assessRpo({ project });
  const before = base === undefined ? undefined : assessRpo({ project: base });
  const entries = new Map<string, { before?: RpoEntry; after?: RpoEntry }>();
  for (const entry of before?.entries ?? []) entries.set(keyOf(entry), { before: entry });
  for (const entry of after.entries) entries.set(keyOf(entry), { ...entries.get(keyOf(entry)), after: entry });
  return {
    rpoSeconds: { before: before?.rpoSeconds ?? null, after: after.rpoSeconds },
    entries: [...entries.values()].flatMap(({ before: one, after: other }) => {
      const named = other ?? one;
      if (named === undefined) return [];
      const sides = { before: sideOf(one), after: sideOf(other) };
      const differs = before !== undefined && JSON.stringify(sides.before) !== JSON.stringify(sides.after);
      return [{ dataSet: named.dataSet, disruption: named.disruption, ...sides, differs }];
    }),
  };
}

function keyOf({ dataSet, disruption }: RpoEntry): string {
  return `${dataSet} ${disruption}`;
}

function sideOf(entry: RpoEntry | undefined): ComparedLossSide | null {
  if (entry === undefined) return null;
  const { worstCaseSeconds, held, statement } = entry;
  return { worstCaseSeconds, held, statement };
}

import { type DataLoss, type DataLossSource, type Disruption, holds } from "../../domain/recovery.ts";
import type { Project } from "../../systems/load-project.ts";
import { planProfile } from "../../systems/project-plan.ts";

export interface RpoReport {
  readonly version: 1;
  /** Accepted data loss, in seconds. */
  readonly rpoSeconds: number;
  /** One entry for each data set and disruption. */
  readonly entries: readonly RpoEntry[];
}

export interface RpoEntry {
  readonly dataSet: string;
  readonly disruption: Disruption;
  /** Sum of the terms; null: no copy, unlimited. */
  readonly worstCaseSeconds: number | null;
  readonly terms: readonly { readonly name: string; readonly seconds: number; readonly source: DataLossSource }[];
  /** Whether the data exists nowhere else and therefore must hold the RPO. */
  readonly mustHold: boolean;
  /** Within the RPO, or not bound by it. */
  readonly held: boolean;
  readonly statement: string;
}

/** Worst-case data loss as a sum of terms. The same in both profiles: rush adds no data set. */
export function assessRpo({ project }: { readonly project: Project }): RpoReport {
  const plan = planProfile(project, "normal");
  const entries = project.system.dataLoss(plan).map((loss): RpoEntry => renderEntry(loss, plan.rpoSeconds));
  return { version: 1, rpoSeconds: plan.rpoSeconds, entries };
}

function renderEntry(loss: DataLoss, rpoSeconds: number): RpoEntry {
  const { dataSet, disruption, worstCaseSeconds, terms, mustHold, statement } = loss;
  return { dataSet, disruption, worstCaseSeconds, terms, mustHold, held: holds(loss, rpoSeconds), statement };
}

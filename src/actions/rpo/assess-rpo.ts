import type { Project } from "../../config/project.ts";
import { type DataLoss, type DataLossSource, type Disruption, holds } from "../../domain/recovery.ts";
import { fleetOf, planLor } from "../../systems/lor/plan.ts";
import { recoveryFacts, stateDataLoss } from "../../systems/lor/recovery.ts";

export interface RpoReport {
  readonly version: 1;
  /** Data, in seconds, that the company accepts to lose. */
  readonly rpoSeconds: number;
  /** One for each data set and disruption. */
  readonly entries: readonly RpoEntry[];
}

export interface RpoEntry {
  readonly dataSet: string;
  readonly disruption: Disruption;
  /** Sum of the terms; null: no copy, unlimited. */
  readonly worstCaseSeconds: number | null;
  readonly terms: readonly { readonly name: string; readonly seconds: number; readonly source: DataLossSource }[];
  /** Data that is nowhere else, which must hold the RPO. */
  readonly mustHold: boolean;
  /** Within the RPO, or not bound to it. */
  readonly held: boolean;
  readonly statement: string;
}

/** Most data that would be lost, as the sum of what makes it. The same in both profiles: rush adds no data set. */
export function stateRpo({ project }: { readonly project: Project }): RpoReport {
  const { normal } = project.settings;
  const plan = planLor({
    project: project.name,
    stack: project.stack,
    settings: project.settings,
    fleet: fleetOf(normal),
    profile: "normal",
  });
  const entries = stateDataLoss(recoveryFacts(plan)).map((loss): RpoEntry => renderEntry(loss, plan.rpoSeconds));
  return { version: 1, rpoSeconds: plan.rpoSeconds, entries };
}

function renderEntry(loss: DataLoss, rpoSeconds: number): RpoEntry {
  const { dataSet, disruption, worstCaseSeconds, terms, mustHold, statement } = loss;
  return { dataSet, disruption, worstCaseSeconds, terms, mustHold, held: holds(loss, rpoSeconds), statement };
}

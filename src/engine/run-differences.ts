import type { EngineEvent as RawEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { coarseNamesOf } from "./coarse-names.ts";
import type { Difference } from "./port.ts";
import { valueAt } from "./property-path.ts";
import { isUnknown } from "./resource-identity.ts";

const changesWhatExists: readonly string[] = ["update", "replace", "create-replacement"];

/** Collects the differences between existing resources and the program, in the form of the engine's event log, which shows no secrets. */
export class RunDifferences {
  readonly byUrn = new Map<string, readonly Difference[]>();

  /** Handles one event of the engine's log. */
  accept(raw: RawEvent): void {
    const step = (raw.resOutputsEvent ?? raw.resourcePreEvent)?.metadata;
    if (step === undefined || !changesWhatExists.includes(step.op)) return;
    const differences = pathsOf(step)
      .map((path) => ({ path, found: valueAt(inputsOf(step.old), path), wanted: valueAt(inputsOf(step.new), path) }))
      // A value that depends on another resource differs only if that resource does.
      .filter(({ wanted }) => !isUnknown(wanted));
    if (differences.length > 0) this.byUrn.set(step.urn, differences);
  }
}

function inputsOf(state: StepEventMetadata["old"]): Readonly<Record<string, unknown>> {
  return (state?.inputs ?? {}) as Readonly<Record<string, unknown>>;
}

function pathsOf(step: StepEventMetadata): readonly string[] {
  const detailed = Object.keys(step.detailedDiff ?? {});
  return detailed.length > 0 ? detailed : coarseNamesOf(step);
}

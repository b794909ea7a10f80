import type { CloudDefinition } from "../clouds/contract.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import type { ResourceChange, ValueChange } from "../engine/port.ts";
import { isCloudType } from "../rolling/expected-change.ts";
import { forecastRun, type StepForecast } from "../rolling/forecast.ts";
import type { CloudKind } from "../state/stack-folder.ts";
import type { SystemPlan } from "../systems/contract.ts";

/** One resource that changes, as a screen groups it. */
export interface ProposedChange {
  readonly name: string;
  readonly type: string;
  /** `adopt`: it exists already, lost by an earlier run. */
  readonly kind: "create" | "adopt" | "update" | "replace" | "delete";
  /** In place, but the machine restarts. */
  readonly restarts: boolean;
  /** Names of the settings of the resource that differ; of a replace, those that force it. */
  readonly because: readonly string[];
  /** Of what differs in place or by a replace: the values before and after, secrets masked. */
  readonly values: readonly ValueChange[];
  readonly holdsData: boolean;
  readonly serves: boolean;
}

/** What a person approves before anything changes. */
export interface Proposal {
  readonly operation: "up" | "rush" | "normal" | "destroy" | "replace-front";
  readonly cloud: CloudKind;
  readonly stack: string;
  /** Of one engine run; empty for a switch, whose steps each have their own. */
  readonly changes: readonly ProposedChange[];
  /** Of a switch, in order. */
  readonly steps: readonly StepForecast[];
  /** What is paid now and after: to be priced. Undefined: nothing is there. */
  readonly before: SystemPlan | undefined;
  readonly after: SystemPlan | undefined;
  /** Expected duration. */
  readonly seconds: number;
  /** Data that is gone afterwards, by name and type; empty unless it is a destroy. */
  readonly lost: readonly ProposedChange[];
}

/** Asks the person; false ends the action with nothing changed. */
export type Confirm = (proposal: Proposal) => Promise<boolean>;

/** @throws LorError `not-approved` */
export async function requireApproval<P>(confirm: (proposal: P) => Promise<boolean>, proposal: P): Promise<void> {
  if (!(await confirm(proposal))) {
    throw new LorError({
      code: "not-approved",
      message: "the plan was not approved; nothing was changed",
      exit: ExitCode.failed,
      culprit: "user",
    });
  }
}

/** The engine's changes as a person reads them; what stays the same is left out. */
export function proposeChanges(
  changes: readonly ResourceChange[],
  items: readonly PlanItem[],
): readonly ProposedChange[] {
  const known = new Map(items.map((item) => [resourceKey(item), item]));
  const proposed = changes.flatMap((one): readonly ProposedChange[] => {
    const kind = kindOf(one.change);
    if (kind === undefined || !isCloudType(one.type)) {
      return [];
    }
    const item = known.get(resourceKey(one));
    return [
      {
        name: one.name,
        type: one.type,
        kind,
        restarts: kind === "update" && restartsMachine(one),
        because: kind === "replace" ? one.replacingProperties : one.changedProperties,
        values: kind === "update" || kind === "replace" ? (one.values ?? []) : [],
        holdsData: item?.holdsData ?? false,
        serves: item?.serves ?? false,
      },
    ];
  });
  return inOrderOf(items, proposed);
}

/** In the order of a Plan's items, whatever the engine did first; what the Plan does not have comes last. */
export function inOrderOf(items: readonly PlanItem[], changes: readonly ProposedChange[]): readonly ProposedChange[] {
  const places = new Map(items.map((item, place) => [resourceKey(item), place] as const).toReversed());
  const placeOf = (one: ProposedChange) => places.get(resourceKey(one)) ?? items.length;
  return changes.toSorted((a, b) => placeOf(a) - placeOf(b) || (resourceKey(a) < resourceKey(b) ? -1 : 1));
}

/** A first creation needs no engine to tell what it does. */
export function proposeCreation(items: readonly PlanItem[]): readonly ProposedChange[] {
  return items.map(({ name, type, holdsData, serves }) => ({
    name,
    type,
    kind: "create",
    restarts: false,
    because: [],
    values: [],
    holdsData,
    serves,
  }));
}

export function forecastChanges(changes: readonly ProposedChange[], { durations }: CloudDefinition): number {
  return forecastRun(
    changes.map(({ type, kind }) => ({ type, change: kind === "adopt" ? "import" : kind })),
    durations,
  );
}

function kindOf(change: ResourceChange["change"]): ProposedChange["kind"] | undefined {
  switch (change) {
    case "create":
    case "update":
    case "replace":
    case "delete":
      return change;
    case "import":
      return "adopt";
    case "read":
    case "same":
      return undefined;
  }
}

/** Properties whose change in place shuts the machine down for a while. Source: terraform-provider-openstack 1.54.1, compute instance. */
const restarting = ["flavorName", "flavorId", "imageName", "personality", "powerState"];

function restartsMachine({ type, changedProperties }: ResourceChange): boolean {
  return (
    type === "openstack:compute/instance:Instance" &&
    changedProperties.some((path) => restarting.includes(path.split(/[.[]/, 1)[0] ?? path))
  );
}

import type { CloudDefinition } from "../clouds/contract.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import type { ResourceChange, ValueChange } from "../engine/port.ts";
import { isCloudType } from "../rolling/expected-change.ts";
import { forecastRun, type StepForecast } from "../rolling/forecast.ts";
import type { CloudKind } from "../state/stack-folder.ts";
import type { SystemPlan } from "../systems/contract.ts";

/** One changing resource, as screens group it. */
export interface ProposedChange {
  readonly name: string;
  readonly type: string;
  /** `adopt`: it exists already, lost by an earlier run. */
  readonly kind: "create" | "adopt" | "update" | "replace" | "delete";
  /** Whether an in-place change restarts the machine. */
  readonly restarts: boolean;
  /** Settings of the resource that differ; for a replace, those that force it. */
  readonly because: readonly string[];
  /** Values before and after of an update or a replace, secrets masked. */
  readonly values: readonly ValueChange[];
  readonly holdsData: boolean;
  readonly serves: boolean;
}

/** Proposal to approve before anything changes. */
export interface Proposal {
  readonly operation: "up" | "rush" | "normal" | "destroy" | "replace-front";
  readonly cloud: CloudKind;
  readonly stack: string;
  /** Changes of one engine run; empty for a switch, whose steps have one each. */
  readonly changes: readonly ProposedChange[];
  /** Steps of a switch, in order. */
  readonly steps: readonly StepForecast[];
  /** Plans before and after, for their prices. Undefined: nothing exists. */
  readonly before: SystemPlan | undefined;
  readonly after: SystemPlan | undefined;
  /** Expected duration, in seconds. */
  readonly seconds: number;
  /** Data that will be lost, by name and type; empty except for a destroy. */
  readonly lost: readonly ProposedChange[];
}

/** Asks for approval; false ends the action without any change. */
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

/** The engine's changes for display, without unchanged resources. */
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

/** Sorts changes in the order of the Plan's items, then those without an item. */
export function inOrderOf(items: readonly PlanItem[], changes: readonly ProposedChange[]): readonly ProposedChange[] {
  const places = new Map(items.map((item, place) => [resourceKey(item), place] as const).toReversed());
  const placeOf = (one: ProposedChange) => places.get(resourceKey(one)) ?? items.length;
  return changes.toSorted((a, b) => placeOf(a) - placeOf(b) || (resourceKey(a) < resourceKey(b) ? -1 : 1));
}

/** Changes of a first creation, which need no engine. */
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

/** Properties whose in-place change shuts the machine down for a while. Source: terraform-provider-openstack 1.54.1, compute instance. */
const restarting = ["flavorName", "flavorId", "imageName", "personality", "powerState"];

function restartsMachine({ type, changedProperties }: ResourceChange): boolean {
  return (
    type === "openstack:compute/instance:Instance" &&
    changedProperties.some((path) => restarting.includes(path.split(/[.[]/, 1)[0] ?? path))
  );
}

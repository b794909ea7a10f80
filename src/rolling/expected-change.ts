import { resourceKey } from "../core/resource-key.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import { membersOf, type SwitchStep } from "./model.ts";

/** One change that a preview shows; a subset of the engine's, so that this file knows no engine. */
export interface SeenChange {
  readonly type: string;
  readonly name: string;
  readonly change: "create" | "update" | "replace" | "delete" | "read" | "import" | "same";
}

interface ExpectedChange {
  readonly change: "create" | "update" | "delete";
  readonly type: string;
  readonly name: string;
}

/** Exact changes of the engine in one step. */
export interface StepExpectation {
  readonly changes: readonly ExpectedChange[];
  /** All of them, or, where a crash may have left a part done, any of them. */
  readonly every: boolean;
}

/** Derived from the two Plans of the step, so that it can never lag behind what a front is made of. */
export function expectedChange(
  step: SwitchStep,
  before: readonly PlanItem[],
  after: readonly PlanItem[],
): StepExpectation {
  switch (step.kind) {
    case "settle-resize":
    case "recover-front":
    case "readmit-front":
      return { changes: [], every: true };
    case "resize-load-balancer":
      return { changes: updates(after.filter((item) => item.charge.kind === "load-balancer")), every: true };
    case "resize-front":
      return {
        changes: updates(
          after.filter((item) => membersOf(step).includes(item.name) && item.charge.kind === "instance"),
        ),
        every: true,
      };
    case "add-front":
      return {
        changes: difference(after, before).map((item) => ({ ...identity(item), change: "create" })),
        every: false,
      };
    case "remove-front":
      return {
        changes: difference(before, after).map((item) => ({ ...identity(item), change: "delete" })),
        every: false,
      };
  }
}

export interface Mismatch {
  /** Changes that the step does not account for, as `replace openstack:…:Instance ps-1`. */
  readonly unexpected: readonly string[];
  readonly missing: readonly string[];
}

/** Compares a preview with what the step may do; undefined when they agree. */
export function mismatchOf(expected: StepExpectation, seen: readonly SeenChange[]): Mismatch | undefined {
  const real = seen
    .filter((one) => isCloudChange(one))
    .map((one) => describeChange(one.change === "import" ? { ...one, change: "create" } : one));
  const allowed = new Set(expected.changes.map(describeChange));
  const unexpected = real.filter((one) => !allowed.has(one));
  const missing = expected.every ? [...allowed].filter((one) => !real.includes(one)) : [];
  return unexpected.length === 0 && missing.length === 0 ? undefined : { unexpected, missing };
}

/** Components, providers and the stack itself exist in the engine only. */
function isCloudChange(one: SeenChange): boolean {
  return one.change !== "same" && one.change !== "read" && isCloudType(one.type);
}

export function isCloudType(type: string): boolean {
  return !type.startsWith("pulumi:") && !type.startsWith("lor:");
}

function updates(items: readonly PlanItem[]): readonly ExpectedChange[] {
  return items.map((item) => ({ ...identity(item), change: "update" }));
}

function difference(items: readonly PlanItem[], without: readonly PlanItem[]): readonly PlanItem[] {
  const keys = new Set(without.map(resourceKey));
  return items.filter((item) => !keys.has(resourceKey(item)));
}

function identity(item: PlanItem): { readonly type: string; readonly name: string } {
  return { type: item.type, name: item.name };
}

/** `update openstack:compute/instance:Instance ps-0` */
export function describeChange({ change, type, name }: Pick<SeenChange, "change" | "type" | "name">): string {
  return `${change} ${type} ${name}`;
}

import { describeStep } from "../../../src/rolling/model.ts";
import type { ActionEvent } from "../../../src/stack/action-event.ts";

/** What a command tells, in one line of the timeline; undefined: nothing that a reader misses. */
export function describeEvent(event: ActionEvent): string | undefined {
  switch (event.kind) {
    case "phase":
      return undefined;
    case "engine":
      return describeEngine(event.event);
    case "checks": {
      const refusing = event.checks.filter(({ outcome }) => outcome === "refused");
      return refusing.length === 0 ? undefined : `checks refuse: ${refusing.map(({ name }) => name).join(", ")}`;
    }
    case "step-begun":
      return `step ${event.position} of ${event.total}: ${describeStep(event.step)}`;
    case "step-done":
      return `done: ${describeStep(event.step)}, ${Math.round(event.seconds)} s`;
    case "reverting":
      return `takes back: ${describeStep(event.step)}`;
    case "front":
      return `${event.front}: ${event.moment}`;
    case "task":
      return `hook ${event.task}: ${event.moment}`;
    case "repaired":
      return `repairs: ${event.repair} ${event.what}`;
    case "warning":
      return `warns: ${event.code}: ${event.message}`;
  }
}

function describeEngine(event: Extract<ActionEvent, { readonly kind: "engine" }>["event"]): string | undefined {
  if (event.kind === "failed") return `engine: ${event.change.change} of ${event.change.name} fails: ${event.message}`;
  if (event.kind !== "finished" || ["same", "read"].includes(event.change.change)) return undefined;
  const [, type = ""] = /:(\w+)$/.exec(event.change.type) ?? [];
  return `engine: ${event.change.change} ${type} ${event.change.name}`;
}

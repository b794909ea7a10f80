import type { SwitchStep } from "../../domain/switching/model.ts";

/** One step of a switch as a person says it. */
export function renderStep(step: SwitchStep): string {
  switch (step.kind) {
    case "settle-resize":
      return `${step.how} the interrupted resize of ${step.front}`;
    case "recover-front":
      return `bring ${step.front} back from ERROR`;
    case "readmit-front":
      return `put ${step.front} back into the pool`;
    case "resize-load-balancer":
      return `load balancer from ${step.from} to ${step.to} Mbit/s (open connections may be cut for a moment)`;
    case "add-front":
      return `add ${step.front} (${step.size}${step.temporary ? ", only for the switch" : ""})`;
    case "resize-front":
      return `resize ${step.front} from ${step.from} to ${step.to}`;
    case "remove-front":
      return `take ${step.front} out and delete it`;
  }
}

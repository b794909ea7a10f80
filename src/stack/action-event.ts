import type { ErrorCode } from "../core/error-codes.ts";
import type { EngineEvent } from "../engine/port.ts";
import type { ExpectedTime } from "../rolling/forecast.ts";
import type { SwitchStep } from "../rolling/model.ts";
import type { PreflightCheck } from "../rolling/preflight/preflight-check.ts";

/** What an action does at large; a screen gives each its own title. */
export type Phase =
  | "recovering"
  | "refreshing"
  | "previewing"
  | "creating"
  | "updating"
  | "observing"
  | "unprotecting"
  | "destroying"
  | "searching"
  | "adopting";

/** What happens to one front during a step. */
type FrontMoment =
  /** Takes no new connection any more. */
  | "drained"
  /** The cloud counts no open connection any more. */
  | "connections-ended"
  /** The limit for open connections has passed, and the cloud counts some. */
  | "connections-left"
  /** The time for open connections has passed, and the cloud does not count them. */
  | "connections-not-counted"
  | "waiting-for-health"
  | "healthy"
  | "readmitted";

/** What an action found that an earlier run had left, and put right. */
export type Repair =
  | "orphan-engine-ended"
  | "engine-lock-released"
  | "pending-operations-noted"
  | "resize-confirmed"
  | "resize-reverted"
  | "front-reset"
  | "failed-server-deleted"
  | "missing-resource-pruned"
  | "creation-found"
  | "creation-discarded"
  | "creation-given-up"
  | "state-backed-up";

/** Everything an action tells while it runs. Codes and names only: texts are the command line's, and no value of a setting is here. */
export type ActionEvent =
  | { readonly kind: "phase"; readonly phase: Phase }
  /** From the engine's runs, previews included. */
  | { readonly kind: "engine"; readonly event: EngineEvent }
  /** What was asked before a switch, whatever the answers: a person sees them before approving, or being refused. */
  | { readonly kind: "checks"; readonly checks: readonly PreflightCheck[] }
  | {
      readonly kind: "step-begun";
      readonly step: SwitchStep;
      /** From 1; of the steps known when it began. */
      readonly position: number;
      readonly total: number;
      /** Undefined for a step that nobody foresaw. */
      readonly expected: ExpectedTime | undefined;
    }
  | { readonly kind: "step-done"; readonly step: SwitchStep; readonly seconds: number }
  /** A step failed and is taken back. */
  | { readonly kind: "reverting"; readonly step: SwitchStep }
  | {
      readonly kind: "front";
      readonly front: string;
      readonly moment: FrontMoment;
      /** Still open; only where the cloud counts them. */
      readonly connections?: number;
      /** How long open connections were waited for. */
      readonly seconds?: number;
    }
  /** Something of the settings that is done before the way back. */
  | {
      readonly kind: "task";
      readonly task: string;
      readonly moment: "begun";
      readonly log: string;
      readonly limitSeconds: number;
    }
  | {
      readonly kind: "task";
      readonly task: string;
      readonly moment: "done" | "done-earlier";
      /** Key in the bucket of the copies. */
      readonly object: string;
      readonly bytes: number;
    }
  | { readonly kind: "repaired"; readonly repair: Repair; readonly what: string }
  | { readonly kind: "warning"; readonly code: ErrorCode; readonly message: string };

export type Emit = (event: ActionEvent) => void;

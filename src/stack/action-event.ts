import type { ErrorCode } from "../core/error-codes.ts";
import type { EngineEvent } from "../engine/port.ts";
import type { ExpectedTime } from "../rolling/forecast.ts";
import type { SwitchStep } from "../rolling/model.ts";
import type { PreflightCheck } from "../rolling/preflight/preflight-check.ts";

/** Phase of an action; a screen gives each its own title. */
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
  | "adopting"
  | "ordering"
  | "proving";

/** State of one front during a step. */
type FrontMoment =
  /** Takes no new connections any more. */
  | "drained"
  /** The cloud reports no open connections any more. */
  | "connections-ended"
  /** The limit for open connections has passed, and the cloud reports some. */
  | "connections-left"
  /** The time for open connections has passed, and the cloud does not report them. */
  | "connections-not-counted"
  | "waiting-for-health"
  | "healthy"
  | "readmitted";

/** Repairs of what an earlier run has left. */
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

/** Events of an action. They contain codes and names only: the command line adds the texts, and no value of a setting is included. */
export type ActionEvent =
  | { readonly kind: "phase"; readonly phase: Phase }
  /** Events of the engine's runs, including previews. */
  | { readonly kind: "engine"; readonly event: EngineEvent }
  /** Preflight checks with their outcomes, shown before the approval or the refusal. */
  | { readonly kind: "checks"; readonly checks: readonly PreflightCheck[] }
  | {
      readonly kind: "step-begun";
      readonly step: SwitchStep;
      /** From 1, of the steps known at the start. */
      readonly position: number;
      readonly total: number;
      /** Undefined for a step that was not foreseen. */
      readonly expected: ExpectedTime | undefined;
    }
  | { readonly kind: "step-done"; readonly step: SwitchStep; readonly seconds: number }
  /** A step has failed and is being reverted. */
  | { readonly kind: "reverting"; readonly step: SwitchStep }
  | {
      readonly kind: "front";
      readonly front: string;
      readonly moment: FrontMoment;
      /** Open connections; only where the cloud reports them. */
      readonly connections?: number;
      /** Time spent waiting for open connections to end. */
      readonly seconds?: number;
    }
  /** A hook of the settings that runs before the scale-down. */
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

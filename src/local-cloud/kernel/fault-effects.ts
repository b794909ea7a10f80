import type { FaultEffect } from "./faults.ts";

/** Every effect that can be ordered; its own file, so that naming them loads no cloud. */
export const faultEffects: readonly FaultEffect["kind"][] = Object.freeze([
  "fail",
  "drop-after-accept",
  "slow",
  "hold",
  "hold-before",
  "error-state",
  "out-of-stock",
]);

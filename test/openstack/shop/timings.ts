import { realTimings, type SwitchTimings } from "../../../src/stack/stack-context.ts";

/** Shorter than a real stack's: nobody is served here, so no connection has to end and no front has to prove itself under load. */
export const timings: SwitchTimings = {
  ...realTimings,
  poll: 1_000,
  drainBlind: 2_000,
  gateLimit: 120_000,
  gateHold: 4_000,
  soak: 4_000,
  settle: 2_000,
  trafficLook: 4_000,
};

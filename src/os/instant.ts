import { Temporal } from "temporal-polyfill";
import { host } from "./host.ts";

/** Now, by the clock of the host. */
export function instantNow(): Temporal.Instant {
  return Temporal.Instant.fromEpochMilliseconds(host().clock.now().getTime());
}

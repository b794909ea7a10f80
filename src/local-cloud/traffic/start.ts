import { host } from "../../os/host.ts";
import type { LocalCloud } from "../local-cloud.ts";
import { type BootedMachines, CloudModel } from "./cloud-model.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

export interface RunningTraffic {
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/**
 * Traffic that follows the cloud: every change, every step of the clock, every deadline and every guest that finishes starting.
 * Deadlines are carried out here also when nobody asks: a machine comes back from its reboot by itself.
 */
export function startTraffic(cloud: LocalCloud, options: TrafficOptions, booted?: BootedMachines): RunningTraffic {
  const traffic = new Traffic(new CloudModel(cloud, booted), options);
  let stopTimer: (() => void) | undefined;
  const follow = () => {
    cloud.advance();
    void traffic.refresh();
    stopTimer?.();
    if (cloud.clock.mode === "stepped") return;
    const next = nextTime(cloud);
    if (next === undefined) return;
    stopTimer = host().after(Math.max(next - cloud.clock.now(), 0) + 1, follow, { mayEnd: true });
  };
  const ends = [cloud.onChange(follow), cloud.clock.onStep(follow)];
  follow();
  return {
    traffic,
    close: async () => {
      for (const end of ends) end();
      stopTimer?.();
      await traffic.close();
    },
  };
}

/** When something happens next without a call. */
function nextTime(cloud: LocalCloud): number | undefined {
  const next = Math.min(
    cloud.store.nextDue() ?? Number.POSITIVE_INFINITY,
    cloud.nextHealthChange() ?? Number.POSITIVE_INFINITY,
  );
  return Number.isFinite(next) ? next : undefined;
}

import type { LocalCloud } from "../local-cloud.ts";
import { type BootedMachines, CloudModel } from "./cloud-model.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

export interface RunningTraffic {
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/** A timer longer than this overflows. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Traffic that follows the cloud: every change, every step of the clock, every deadline and every guest that finishes starting.
 * Deadlines are carried out here also when nobody asks: a machine comes back from its reboot by itself.
 */
export function startTraffic(cloud: LocalCloud, options: TrafficOptions, booted?: BootedMachines): RunningTraffic {
  const traffic = new Traffic(new CloudModel(cloud, booted), options);
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    cloud.advance();
    void traffic.refresh();
    clearTimeout(timer);
    if (cloud.clock.mode === "stepped") return;
    const next = nextTime(cloud);
    if (next === undefined) return;
    timer = setTimeout(follow, Math.min(Math.max(next - cloud.clock.now(), 0) + 1, longestTimerMs));
    timer.unref();
  };
  const ends = [cloud.onChange(follow), cloud.clock.onStep(follow)];
  follow();
  return {
    traffic,
    close: async () => {
      for (const end of ends) end();
      clearTimeout(timer);
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

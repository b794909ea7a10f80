import type { LocalCloud } from "../behaviour/local-cloud.ts";
import { CloudModel } from "./cloud-model.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

export interface RunningTraffic {
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/** A timer longer than this overflows. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Traffic that follows the cloud: every change, every step of the clock, every deadline and every guest that finishes starting.
 * Deadlines are carried out here also when nobody asks: a machine comes back from its reboot by itself.
 */
export function startTraffic(cloud: LocalCloud, options: TrafficOptions): RunningTraffic {
  const model = new CloudModel(cloud);
  const traffic = new Traffic(model, options);
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    cloud.advance();
    model.forget();
    void traffic.refresh();
    clearTimeout(timer);
    if (cloud.clock.mode === "stepped") return;
    const next = nextTime(cloud);
    if (next === undefined) return;
    timer = setTimeout(follow, Math.min(Math.max(next - cloud.clock.now(), 0) + 1, LONGEST_TIMER_MS));
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

/** When something happens next by itself. */
function nextTime(cloud: LocalCloud): number | undefined {
  const now = cloud.clock.now();
  const times = cloud.nova.servers
    .list()
    .map((server) => server.guestReadyAt ?? 0)
    .filter((ready) => ready > now);
  const due = cloud.store.nextDue();
  if (due !== undefined) times.push(due);
  return times.length === 0 ? undefined : Math.min(...times);
}

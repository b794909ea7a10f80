import type { LocalCloud } from "../behaviour/index.ts";
import { CloudModel } from "./cloud-model.ts";
import { Traffic, type TrafficOptions } from "./traffic.ts";

export interface RunningTraffic {
  readonly traffic: Traffic;
  close(): Promise<void>;
}

/** Traffic that follows the cloud: every change, every step of the clock, and every guest that finishes starting. */
export function startTraffic(cloud: LocalCloud, options: TrafficOptions): RunningTraffic {
  const model = new CloudModel(cloud);
  const traffic = new Traffic(model, options);
  let timer: NodeJS.Timeout | undefined;
  const follow = () => {
    model.forget();
    clearTimeout(timer);
    void traffic.refresh();
    // A guest that becomes ready is no change of the cloud: nothing tells but its time.
    const now = cloud.clock.now();
    const coming = cloud.nova.servers
      .list()
      .map((server) => server.guestReadyAt ?? 0)
      .filter((ready) => ready > now);
    if (coming.length === 0 || cloud.clock.mode === "stepped") return;
    timer = setTimeout(follow, Math.min(...coming) - now + 1);
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

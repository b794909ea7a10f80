import type { ServerAction } from "../cloud.ts";
import type { PoolWatch } from "./pool-watch.ts";
import type { RecordedResize } from "./resize-records.ts";
import { timings } from "./timings.ts";

export interface SwitchRecords {
  /** Name of the extra front. */
  readonly extra: string;
  /** When Neutron made its port, the first thing of it. */
  readonly portMade: Date;
  /** What Nova did to it. */
  readonly created: readonly ServerAction[];
  readonly resizes: readonly RecordedResize[];
  readonly watch: PoolWatch;
}

/** What a rush cannot be quicker than, seconds: what OpenStack itself took, one after the other, and the waits that are owed to the shop's customers. */
export interface CriticalPath {
  /** From its port to its attached volume. */
  readonly extraFront: number;
  /** From the last thing that Nova did to a front until Octavia found it healthy, of all fronts. */
  readonly health: number;
  readonly resizes: number;
  readonly waits: number;
  readonly total: number;
}

export function criticalPath({ extra, portMade, created, resizes, watch }: SwitchRecords): CriticalPath {
  const ends = created.map((one) => one.finishedAt?.getTime() ?? one.startedAt.getTime());
  const made = Math.max(...ends);
  const untilWell = (name: string, from: number) => {
    const well = watch.wellFrom(name, from);
    if (well === undefined)
      throw new Error(`${name} was never seen to be healthy after ${new Date(from).toISOString()}`);
    return well - from;
  };
  const extraFront = made - portMade.getTime();
  const health = [untilWell(extra, made), ...resizes.map(({ server, to }) => untilWell(server, to))].reduce(
    (sum, one) => sum + one,
    0,
  );
  const resized = resizes.reduce((sum, { from, to }) => sum + to - from, 0);
  const { drainBlind, gateHold, soak, settle } = timings;
  const waits = resizes.length * (settle + drainBlind + gateHold + soak) + gateHold + soak;
  const seconds = (milliseconds: number) => milliseconds / 1000;
  return {
    extraFront: seconds(extraFront),
    health: seconds(health),
    resizes: seconds(resized),
    waits: seconds(waits),
    total: seconds(extraFront + health + resized + waits),
  };
}

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
  /** Octavia's own changes of weights, and from a weight until it sent customers. */
  readonly pool: number;
  readonly resizes: number;
  readonly waits: number;
  readonly total: number;
}

export function criticalPath({ extra, portMade, created, resizes, watch }: SwitchRecords): CriticalPath {
  const ends = created.map((one) => one.finishedAt?.getTime() ?? one.startedAt.getTime());
  const made = Math.max(...ends);
  const seen = (what: string, name: string, from: number, at: number | undefined) => {
    if (at === undefined) throw new Error(`${name} was never seen to ${what} after ${new Date(from).toISOString()}`);
    return at;
  };
  const untilWell = (name: string, from: number) => seen("be healthy", name, from, watch.wellFrom(name, from)) - from;
  const untilSent = (name: string, from: number) =>
    seen("serve", name, from, watch.servesFrom(name, from)) -
    seen("have a weight", name, from, watch.inPoolFrom(name, from));
  const extraFront = made - portMade.getTime();
  const fronts = [[extra, made] as const, ...resizes.map(({ server, to }) => [server, to] as const)];
  const health = sum(fronts.map(([name, from]) => untilWell(name, from)));
  const pool = watch.changing + sum(fronts.map(([name, from]) => untilSent(name, from)));
  const resized = sum(resizes.map(({ from, to }) => to - from));
  const { drainBlind, gateHold, soak, settle } = timings;
  const waits = resizes.length * (drainBlind + gateHold + soak + settle) + gateHold + soak + settle;
  const seconds = (milliseconds: number) => milliseconds / 1000;
  return {
    extraFront: seconds(extraFront),
    health: seconds(health),
    pool: seconds(pool),
    resizes: seconds(resized),
    waits: seconds(waits),
    total: seconds(extraFront + health + pool + resized + waits),
  };
}

function sum(all: readonly number[]): number {
  return all.reduce((total, one) => total + one, 0);
}

import { setTimeout as pause } from "node:timers/promises";

/** Time and timers as a port, so that tests control them. */
export interface Clock {
  now(): Date;
  /** Milliseconds; rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, signal === undefined ? {} : { signal }),
};

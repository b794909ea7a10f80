import { randomBytes } from "node:crypto";

/** What a local cloud takes from the machine under it, besides the time. */
export interface CloudMachine {
  randomBytes(count: number): Uint8Array;
  /** Does something when the running turn has ended. */
  soon(work: () => void): void;
  /** Does something after so many milliseconds. @returns what prevents it */
  after(milliseconds: number, work: () => void): () => void;
}

/** Milliseconds that a timer may wait at most (2^31 - 1). */
const longestTimer = 2_147_483_647;

export const realMachine: CloudMachine = {
  randomBytes,
  soon: (work) => void setImmediate(work),
  after: (milliseconds, work) => {
    const timer = setTimeout(work, Math.min(milliseconds, longestTimer));
    return () => clearTimeout(timer);
  },
};

import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { loopback, type PortName, ports } from "./place.ts";

export interface WaitOptions {
  /** What is waited for, for the message. */
  readonly what: string;
  /** Default 240: other work may have the machine's cores. */
  readonly seconds?: number;
  readonly signal?: AbortSignal | undefined;
  readonly pauseMilliseconds?: number;
}

/** Asks until the answer is true. */
export async function waitUntil(options: WaitOptions, ask: () => Promise<boolean>): Promise<void> {
  const seconds = options.seconds ?? 240;
  const deadline = Date.now() + seconds * 1000;
  while (!(await ask())) {
    options.signal?.throwIfAborted();
    if (Date.now() > deadline) throw new Error(`${options.what}: not within ${seconds} seconds`);
    await pause(options.pauseMilliseconds ?? 200);
  }
}

export function isOpen(port: PortName): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: loopback, port: ports[port], timeout: 2000 });
    const end = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once("connect", () => end(true));
    socket.once("error", () => end(false));
    socket.once("timeout", () => end(false));
  });
}

/** Whether anything answers HTTP there, with whatever status. */
export async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(20_000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

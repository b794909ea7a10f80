/** Time as a port, so that tests control it. */
export interface Clock {
  now(): Date;
  /** Milliseconds; rejects when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Timers of a machine. Each returns a function that stops it. */
export interface Timers {
  /** Repeats something until it is stopped; the process may end all the same. */
  every(milliseconds: number, work: () => void): () => void;
  /** Does something once, after so many milliseconds. The process waits for it, unless `mayEnd`. */
  after(milliseconds: number, work: () => void, options?: { readonly mayEnd?: boolean }): () => void;
  /** Does something when the running turn of the event loop has ended. */
  soon(work: () => void): () => void;
}

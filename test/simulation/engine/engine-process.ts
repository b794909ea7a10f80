import type { SharedFiles } from "../../../src/state/shared-files.ts";

/** Files of the engine's backend. A state is written as a value: its text is made only for those who read it. */
export interface EngineFiles extends SharedFiles {
  writeValue(path: string, value: unknown, render: () => string): Promise<void>;
  /** Undefined: there is no such file. Without a value it was written as a text. */
  readValue(path: string): Promise<{ readonly value?: unknown; readonly text: () => string } | undefined>;
}

/** What an engine has of its process and its machine. */
export interface EngineProcess {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  /** Files of the engine's backend. */
  readonly files: EngineFiles;
  /** It was asked to stop: what is in progress ends, nothing new begins. */
  readonly stopping: boolean;
  now(): Date;
  newId(): string;
  /** A call of the cloud by a provider; the signal is aborted when the engine ends. */
  call<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>;
}

/** How an engine process ended. */
export type EngineEnd<T> =
  | { readonly kind: "ended"; readonly value: T }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "killed"; readonly signal: string };

import { rmSync } from "node:fs";
import { readIfThere, writeAtomically } from "./atomic-file.ts";

/** One resource that a run was going to create. */
export interface Intent {
  /** Pulumi type token. */
  readonly type: string;
  /** Pulumi name. */
  readonly name: string;
}

interface IntentFile {
  readonly version: 1;
  readonly since: string;
  readonly creations: readonly Intent[];
}

/**
 * What may exist in the cloud without the engine's state knowing it: written before a run that creates, cleared when it has ended well. A
 * provider that fails after the cloud accepted, or a kill at the wrong moment, leaves no trace of its own; this is the trace.
 */
export class IntentJournal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What earlier runs were going to create and may have created. */
  pending(): readonly Intent[] {
    const text = readIfThere(this.#path);
    return text === undefined ? [] : (JSON.parse(text) as IntentFile).creations;
  }

  /** Adds to what is pending; on disk when this returns. */
  record(creations: readonly Intent[], now: Date): void {
    const known = new Map([...this.pending(), ...creations].map((one) => [`${one.type} ${one.name}`, one]));
    if (creations.length === 0) {
      return;
    }
    const file: IntentFile = {
      version: 1,
      since: now.toISOString(),
      creations: [...known.values()].map(({ type, name }) => ({ type, name })),
    };
    writeAtomically(this.#path, `${JSON.stringify(file, null, 1)}\n`);
  }

  /** Everything that was intended is in the state. */
  clear(): void {
    rmSync(this.#path, { force: true });
  }
}

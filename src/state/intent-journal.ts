import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { SharedFiles } from "./shared-files.ts";

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

const file = "intents.json";

/**
 * What may exist in the cloud without the engine's state knowing it: written before a run that creates, cleared when it has ended well. A
 * provider that fails after the cloud accepted, or a kill at the wrong moment, leaves no trace of its own; this is the trace.
 */
export class IntentJournal {
  readonly #files: SharedFiles;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  /** What earlier runs were going to create and may have created. @throws LorError `intents-unreadable` */
  async pending(): Promise<readonly Intent[]> {
    const text = await this.#files.read(file);
    if (text === undefined) return [];
    try {
      const { version, creations } = JSON.parse(text) as IntentFile;
      if (version === 1 && Array.isArray(creations)) return creations;
    } catch {
      // Neither JSON nor a whole file.
    }
    const where = this.#files.where(file);
    throw new LorError({
      code: "intents-unreadable",
      message: "the list of resources that an interrupted run was creating cannot be read",
      exit: ExitCode.refused,
      culprit: "user",
      seen: where,
      accepted: "the file as lor-infra wrote it",
      next: `delete ${where}, then lor-infra import: it looks in the cloud for everything that the settings describe`,
    });
  }

  /** Adds to what is pending. */
  async record(creations: readonly Intent[], now: Date): Promise<void> {
    if (creations.length === 0) {
      return;
    }
    const known = new Map([...(await this.pending()), ...creations].map((one) => [resourceKey(one), one]));
    const content: IntentFile = {
      version: 1,
      since: now.toISOString(),
      creations: [...known.values()].map(({ type, name }) => ({ type, name })),
    };
    await this.#files.write(file, `${JSON.stringify(content, null, 1)}\n`);
  }

  /** Takes one out of what is pending. @returns whether it was pending */
  async giveUp(key: string, now: Date): Promise<boolean> {
    const pending = await this.pending();
    const left = pending.filter((one) => resourceKey(one) !== key);
    if (left.length === pending.length) return false;
    await this.clear();
    await this.record(left, now);
    return true;
  }

  /** Everything that was intended is in the state. */
  async clear(): Promise<void> {
    await this.#files.remove(file);
  }
}

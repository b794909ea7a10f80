import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { SharedFiles } from "./shared-files.ts";

/** A resource that a run was about to create. */
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
 * Creations that may exist in the cloud but not in the engine's state: recorded before a run that creates, cleared when it has succeeded. A
 * provider that fails after the cloud has accepted, or a kill at the wrong moment, leaves no other trace.
 */
export class IntentJournal {
  readonly #files: SharedFiles;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  /** Creations that earlier runs had planned and may have made. @throws LorError `intents-unreadable` */
  async pending(): Promise<readonly Intent[]> {
    const text = await this.#files.read(file);
    if (text === undefined) return [];
    try {
      const { version, creations } = JSON.parse(text) as IntentFile;
      if (version === 1 && Array.isArray(creations)) return creations;
    } catch {
      // Neither valid JSON nor a complete file.
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

  /** Adds creations. */
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

  /** Removes one creation. @returns whether it was pending */
  async giveUp(key: string, now: Date): Promise<boolean> {
    const pending = await this.pending();
    const left = pending.filter((one) => resourceKey(one) !== key);
    if (left.length === pending.length) return false;
    await this.clear();
    await this.record(left, now);
    return true;
  }

  /** Clears all creations: they are recorded in the state. */
  async clear(): Promise<void> {
    await this.#files.remove(file);
  }
}

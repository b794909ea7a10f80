import { setTimeout as pause } from "node:timers/promises";
import type { KeyManager } from "../../src/clouds/clients.ts";

/** What Octavia and Barbican said at one moment. */
interface Look {
  /** What the listener refers to. */
  readonly used: string | undefined;
  /** What the key manager has under the certificate's name. */
  readonly stored: readonly string[];
}

const betweenLooks = 200;

/** Looks at a listener and at the key manager again and again, beside a renewal. */
export class CertificateWatch {
  readonly #looks: Look[] = [];
  readonly #ended: Promise<void>;
  #stopped = false;

  constructor(keyManager: KeyManager, names: { readonly listener: string; readonly secret: string }) {
    this.#ended = this.#watch(keyManager, names);
    // Told by `stop`.
    this.#ended.catch(() => {});
  }

  async #watch(
    keyManager: KeyManager,
    { listener, secret }: { readonly listener: string; readonly secret: string },
  ): Promise<void> {
    for (;;) {
      const stopped = this.#stopped;
      const used = await keyManager.usedBy(listener);
      const stored = (await keyManager.secrets(secret)).map(({ ref }) => ref);
      // Two services cannot be asked at once: a look during which the listener changed says nothing.
      if ((await keyManager.usedBy(listener)) === used) this.#looks.push({ used, stored });
      if (stopped) return;
      await pause(betweenLooks);
    }
  }

  /** Looks once more, and ends. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  get looks(): number {
    return this.#looks.length;
  }

  /** Looks at which the listener referred to nothing that is stored. */
  get without(): readonly Look[] {
    return this.#looks.filter(({ used, stored }) => used === undefined || !stored.includes(used));
  }

  /** What the listener referred to, in order. */
  get uses(): readonly (string | undefined)[] {
    return this.#looks.map(({ used }) => used).filter((used, index, all) => used !== all[index - 1]);
  }

  get stored(): readonly string[] {
    return this.#looks.at(-1)?.stored ?? [];
  }
}

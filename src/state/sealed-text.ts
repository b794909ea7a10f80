import { openWithKey, passphraseKey, sealWithKey } from "../config/encryption-salt.ts";
import { host } from "../os/host.ts";

/** Encrypts texts with the passphrase of a stack, as Pulumi encrypts its secrets: PBKDF2 and AES-256-GCM. Deriving a key takes half a second. */
export class Sealer {
  readonly #passphrase: string;
  /** Salt -> key. */
  readonly #keys = new Map<string, Buffer>();

  constructor(passphrase: string) {
    this.#passphrase = passphrase;
  }

  /** @returns `v1:<salt>:<nonce>:<sealed>` */
  seal(text: string): string {
    const salt = this.#keys.keys().next().value ?? Buffer.from(host().randomBytes(8)).toString("base64");
    const nonce = Buffer.from(host().randomBytes(12));
    const sealed = sealWithKey(this.#key(salt), nonce, text);
    return ["v1", salt, nonce.toString("base64"), sealed.toString("base64")].join(":");
  }

  /** @returns undefined for another passphrase, or a text that was changed */
  open(sealed: string): string | undefined {
    const [version, salt, nonce, content, ...rest] = sealed.split(":");
    if (version !== "v1" || salt === undefined || nonce === undefined || content === undefined || rest.length > 0) {
      return undefined;
    }
    return openWithKey(this.#key(salt), Buffer.from(nonce, "base64"), Buffer.from(content, "base64"));
  }

  #key(salt: string): Buffer {
    const known = this.#keys.get(salt) ?? passphraseKey(this.#passphrase, Buffer.from(salt, "base64"));
    this.#keys.set(salt, known);
    return known;
  }
}

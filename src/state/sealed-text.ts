import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { passphraseKey } from "../config/encryption-salt.ts";

const tagBytes = 16;

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
    const salt = this.#keys.keys().next().value ?? randomBytes(8).toString("base64");
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#key(salt), nonce);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return ["v1", salt, nonce.toString("base64"), sealed.toString("base64")].join(":");
  }

  /** @returns undefined for another passphrase, or a text that was changed */
  open(sealed: string): string | undefined {
    const [version, salt, nonce, content, ...rest] = sealed.split(":");
    if (version !== "v1" || salt === undefined || nonce === undefined || content === undefined || rest.length > 0) {
      return undefined;
    }
    const bytes = Buffer.from(content, "base64");
    try {
      const decipher = createDecipheriv("aes-256-gcm", this.#key(salt), Buffer.from(nonce, "base64"));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      return Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
    } catch {
      // A wrong key fails the authentication of the ciphertext.
      return undefined;
    }
  }

  #key(salt: string): Buffer {
    const known = this.#keys.get(salt) ?? passphraseKey(this.#passphrase, Buffer.from(salt, "base64"));
    this.#keys.set(salt, known);
    return known;
  }
}

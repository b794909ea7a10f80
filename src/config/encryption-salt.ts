import { createCipheriv, createDecipheriv, pbkdf2Sync } from "node:crypto";

// Pulumi's passphrase provider (sdk/go/common/resource/config/crypt.go): PBKDF2-SHA256, one million rounds, AES-256-GCM.
const rounds = 1_000_000;
const keyBytes = 32;
const tagBytes = 16;
const knownText = "pulumi";

export interface SaltRandomness {
  /** 8 bytes. */
  readonly salt: Uint8Array;
  /** 12 bytes. */
  readonly nonce: Uint8Array;
}

/**
 * The `encryptionsalt` of a profile file: `v1:<salt>:v1:<nonce>:<sealed "pulumi">`, by which Pulumi recognises the right passphrase. Takes about
 * half a second, because the key derivation is slow on purpose.
 */
export function createEncryptionSalt(passphrase: string, { salt, nonce }: SaltRandomness): string {
  const sealed = sealWithKey(passphraseKey(passphrase, salt), nonce, knownText);
  return `v1:${toBase64(salt)}:v1:${toBase64(nonce)}:${toBase64(sealed)}`;
}

/** Whether a passphrase matches a salt; false for an invalid salt. */
export function opensEncryptionSalt(passphrase: string, encryptionSalt: string): boolean {
  const [version, salt, inner, nonce, sealed, ...rest] = encryptionSalt.split(":");
  if (version !== "v1" || inner !== "v1" || salt === undefined || nonce === undefined || sealed === undefined)
    return false;
  const bytes = Buffer.from(sealed, "base64");
  if (rest.length > 0 || bytes.length !== knownText.length + tagBytes) return false;
  const key = passphraseKey(passphrase, Buffer.from(salt, "base64"));
  return openWithKey(key, Buffer.from(nonce, "base64"), bytes) === knownText;
}

/** Key of a passphrase. Takes about half a second. */
export function passphraseKey(passphrase: string, salt: Uint8Array): Buffer {
  return pbkdf2Sync(passphrase, salt, rounds, keyBytes, "sha256");
}

/** Encrypts a text with AES-256-GCM. @returns ciphertext and tag */
export function sealWithKey(key: Uint8Array, nonce: Uint8Array, text: string): Buffer {
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  return Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** @returns the text; undefined for another key, or bytes that were changed */
export function openWithKey(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): string | undefined {
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, nonce);
    decipher.setAuthTag(sealed.subarray(-tagBytes));
    return Buffer.concat([decipher.update(sealed.subarray(0, -tagBytes)), decipher.final()]).toString("utf8");
  } catch {
    // A wrong key fails the authentication of the ciphertext.
    return undefined;
  }
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64");
}

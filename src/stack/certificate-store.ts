import { createAccountKey } from "../clouds/acme/authority.ts";
import { describePkcs12, type TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { Sealer } from "../state/sealed-text.ts";
import type { SharedFiles } from "../state/shared-files.ts";

/** A certificate with its key. */
export interface StoredCertificate {
  /** PKCS#12 without password, in base64. Secret. */
  readonly pkcs12: string;
  /** `self-made`: by this program, for a listener that has no other one yet; `given`: found on the listener, from a file that a person gave. */
  readonly origin: "self-made" | "given" | "acme";
  /** Whether a run has put it onto the listener. */
  readonly installed: boolean;
}

/** An order at a certificate authority that is not finished. */
export interface StoredOrder {
  readonly directory: string;
  readonly url: string;
  readonly names: readonly string[];
  /** Key of the certificate, PEM. Secret. */
  readonly key: string;
}

/** A TXT record that is to be removed. */
export interface StoredProof {
  readonly zone: string;
  readonly subDomain: string;
  readonly value: string;
}

export interface CertificateContent {
  /** Account key of each authority by the URL of its directory, PEM. Secret. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly current?: StoredCertificate;
  readonly order?: StoredOrder;
  /** Recorded before the records are created. */
  readonly proofs: readonly StoredProof[];
}

const file = "certificate.json";
const empty: CertificateContent = { accounts: {}, proofs: [] };

/** Days for which a self-made certificate is valid: nobody trusts it, and it waits for the first real one. */
const selfMadeDays = 365;

/**
 * The load balancer's certificate, the account at the authority and an order in progress: shared by everybody who works on the stack, encrypted with
 * the stack's passphrase.
 */
export class CertificateStore {
  readonly #files: SharedFiles;
  readonly #sealer: Sealer;

  constructor(files: SharedFiles, passphrase: string) {
    this.#files = files;
    this.#sealer = new Sealer(passphrase);
  }

  /** Location, for messages. */
  get where(): string {
    return this.#files.where(file);
  }

  /** @throws LorError `certificate-store-unreadable` */
  async read(): Promise<CertificateContent> {
    const text = await this.#files.read(file);
    if (text === undefined) return empty;
    const sealed = sealedIn(text);
    const content = sealed === undefined ? undefined : this.#sealer.open(sealed);
    if (content !== undefined) return { ...empty, ...(JSON.parse(content) as CertificateContent) };
    throw new LorError({
      code: "certificate-store-unreadable",
      message:
        "the certificate of the stack cannot be read: the file is damaged, or was written with another passphrase",
      exit: ExitCode.refused,
      culprit: "user",
      seen: this.where,
      accepted: "the file as lor-infra wrote it, and its passphrase",
      next: `bring the passphrase back; where it is lost, delete ${this.where}, then lor-infra certificate renew: it obtains another certificate`,
    });
  }

  /** Names, issuer and validity of a stored certificate. */
  async describe({ pkcs12 }: StoredCertificate): Promise<TlsCertificate> {
    return await describePkcs12(Buffer.from(pkcs12, "base64"), { file: this.where, variable: "certificates" });
  }

  /** Replaces the given parts; `undefined` removes one. @returns the new content */
  async change(
    parts: { readonly [K in keyof CertificateContent]?: CertificateContent[K] | undefined },
  ): Promise<CertificateContent> {
    const content = { ...(await this.read()), ...parts } as CertificateContent;
    const sealed = this.#sealer.seal(JSON.stringify(content));
    await this.#files.write(file, `${JSON.stringify({ version: 1, sealed }, null, 1)}\n`);
    return content;
  }
}

/** Key of the account at an authority, made at the first use. PEM. Secret. */
export async function accountKeyOf(store: CertificateStore, directory: string): Promise<string> {
  const { accounts } = await store.read();
  const known = accounts[directory];
  if (known !== undefined) return known;
  const key = createAccountKey();
  await store.change({ accounts: { ...accounts, [directory]: key } });
  return key;
}

/** A certificate for a listener that has no other one yet. */
export async function selfMade(names: readonly string[], now: Date): Promise<StoredCertificate> {
  // Loaded on first use: most runs need no library that writes certificates.
  const { selfSignedPkcs12 } = await import("../os/pkcs12.ts");
  return {
    pkcs12: selfSignedPkcs12(names, now, selfMadeDays).toString("base64"),
    origin: "self-made",
    installed: false,
  };
}

function sealedIn(text: string): string | undefined {
  try {
    const { version, sealed } = JSON.parse(text) as { readonly version?: unknown; readonly sealed?: unknown };
    return version === 1 && typeof sealed === "string" ? sealed : undefined;
  } catch {
    return undefined;
  }
}

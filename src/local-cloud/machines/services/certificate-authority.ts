import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createSecureContext, type SecureContext } from "node:tls";
import forge from "node-forge";
import { writeAtomically } from "../../../os/atomic-file.ts";
import { makeCertificate } from "../../../os/pkcs12.ts";

/** Ten years: this authority is trusted by the machines of one local cloud only. */
const validityMs = 10 * 365 * 24 * 3600 * 1000;

/** Certificate with its key, both as PEM. */
export interface IssuedCertificate {
  readonly certificate: string;
  /** Secret. */
  readonly key: string;
}

/**
 * Certificate authority of one local cloud. It signs for the names of the clouds' services, so nothing but the cloud's own machines may
 * trust it. Its key stays in the folder (0600) and survives a restart.
 */
export class CertificateAuthority {
  /** Certificate to trust, PEM. */
  readonly certificate: string;
  readonly #key: string;
  readonly #now: () => Date;
  readonly #contexts = new Map<string, SecureContext>();

  private constructor({ certificate, key }: IssuedCertificate, now: () => Date) {
    this.certificate = certificate;
    this.#key = key;
    this.#now = now;
  }

  /** Opens the authority kept in a folder, or makes one. */
  static open(folder: string, now: () => Date): CertificateAuthority {
    const path = join(folder, "authority.pem");
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const made = makeCertificate({ names: ["Local cloud"], now: now(), validityMs, authority: true });
      writeSecret(path, `${forge.pki.certificateToPem(made.certificate)}${made.key}`);
    }
    return new CertificateAuthority(splitPem(readFileSync(path, "utf8")), now);
  }

  /** A certificate for these names (DNS names or IPv4 addresses), signed by this authority. */
  issue(names: readonly string[]): IssuedCertificate {
    const issuer = { certificate: this.certificate, key: this.#key };
    const { key, certificate } = makeCertificate({ names, now: this.#now(), validityMs, issuer });
    return { key, certificate: forge.pki.certificateToPem(certificate).replaceAll("\r\n", "\n") };
  }

  /** TLS context with a certificate of that name, issued at the first call. */
  contextOf(name: string): SecureContext {
    const known = this.#contexts.get(name);
    if (known !== undefined) return known;
    const { certificate, key } = this.issue([name]);
    const context = createSecureContext({ cert: certificate, key });
    this.#contexts.set(name, context);
    return context;
  }
}

function writeSecret(path: string, text: string): void {
  writeAtomically(path, text);
  chmodSync(path, 0o600);
}

function splitPem(text: string): IssuedCertificate {
  const [certificate, key] = text.match(/-----BEGIN [\s\S]+?-----END [A-Z ]+-----\r?\n/g) ?? [];
  if (certificate === undefined || key === undefined) throw new Error("authority.pem holds no certificate and key");
  return { certificate: certificate.replaceAll("\r\n", "\n"), key };
}

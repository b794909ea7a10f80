import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { isIPv4 } from "node:net";
import { join } from "node:path";
import forge from "node-forge";

/** Ten years: the certificate of a cloud on one's own machine has nothing to expire for. */
const validityMs = 10 * 365 * 24 * 3600 * 1000;

/** The certificate that the local cloud offers for HTTPS listeners, made at its first start: `tls.p12`, without a password. */
export function ensureTlsFile(folder: string, now: Date): string {
  const path = join(folder, "tls.p12");
  if (!existsSync(path)) {
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, selfSignedPkcs12(["*.lor.example", "localhost"], now), { mode: 0o600 });
    renameSync(temporary, path);
  }
  return path;
}

/** A self-signed certificate and its key as PKCS#12 with an empty password, as Octavia takes it from the key manager. */
export function selfSignedPkcs12(names: readonly string[], now: Date): Buffer {
  const { key, certificate } = makeCertificate({ names, now, validityMs });
  const pkcs12 = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(key), [certificate], "", {
    algorithm: "aes256",
  });
  return Buffer.from(forge.asn1.toDer(pkcs12).getBytes(), "binary");
}

export interface CertificateRequest {
  /** DNS names or IPv4 addresses; the first one is the common name. */
  readonly names: readonly string[];
  readonly now: Date;
  readonly validityMs: number;
  /** Signs the certificate; both as PEM. Default: the certificate signs itself. */
  readonly issuer?: { readonly certificate: string; readonly key: string } | undefined;
  /** Whether the certificate may sign others. Default: false. */
  readonly authority?: boolean | undefined;
}

/** An RSA key (PEM, PKCS#1) and its certificate. */
export function makeCertificate({ names, now, validityMs: validity, issuer, authority }: CertificateRequest): {
  readonly key: string;
  readonly certificate: forge.pki.Certificate;
} {
  // Node makes the key (forge would take seconds); forge writes the certificate, which Node cannot.
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // A leading zero byte keeps the number positive.
  certificate.serialNumber = `00${randomBytes(16).toString("hex")}`;
  certificate.validity.notBefore = new Date(now.getTime() - 3600 * 1000);
  certificate.validity.notAfter = new Date(now.getTime() + validity);
  // A common name has at most 64 characters. Source: RFC 5280, appendix A.1.
  const subject = [{ name: "commonName", value: (names[0] ?? "localhost").slice(0, 64) }];
  certificate.setSubject(subject);
  certificate.setIssuer(
    issuer === undefined ? subject : forge.pki.certificateFromPem(issuer.certificate).subject.attributes,
  );
  certificate.setExtensions(
    authority === true
      ? [
          { name: "basicConstraints", cA: true, critical: true },
          { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
          { name: "subjectKeyIdentifier" },
        ]
      : [
          { name: "basicConstraints", cA: false },
          { name: "subjectAltName", altNames: names.map(altName) },
        ],
  );
  certificate.sign(forge.pki.privateKeyFromPem(issuer?.key ?? pair.privateKey), forge.md.sha256.create());
  return { key: pair.privateKey, certificate };
}

/** Types of general names. Source: RFC 5280, 4.2.1.6. */
function altName(
  name: string,
): { readonly type: 2; readonly value: string } | { readonly type: 7; readonly ip: string } {
  return isIPv4(name) ? { type: 7, ip: name } : { type: 2, value: name };
}

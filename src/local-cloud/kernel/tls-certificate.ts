import { generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, renameSync, writeFileSync } from "node:fs";
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
  // Node makes the key (forge would take seconds); forge writes the certificate, which Node cannot.
  const pair = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    privateKeyEncoding: { type: "pkcs1", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
  const key = forge.pki.privateKeyFromPem(pair.privateKey);
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(pair.publicKey);
  // A leading zero byte keeps the number positive.
  certificate.serialNumber = `00${randomBytes(16).toString("hex")}`;
  certificate.validity.notBefore = new Date(now.getTime() - 3600 * 1000);
  certificate.validity.notAfter = new Date(now.getTime() + validityMs);
  const subject = [{ name: "commonName", value: names[0] ?? "localhost" }];
  certificate.setSubject(subject);
  certificate.setIssuer(subject);
  certificate.setExtensions([
    { name: "basicConstraints", cA: false },
    { name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) },
  ]);
  certificate.sign(key, forge.md.sha256.create());
  const pkcs12 = forge.pkcs12.toPkcs12Asn1(key, [certificate], "", { algorithm: "aes256" });
  return Buffer.from(forge.asn1.toDer(pkcs12).getBytes(), "binary");
}

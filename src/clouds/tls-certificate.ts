import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { rootCertificates } from "node:tls";
import type { ErrorCode } from "../core/error-codes.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { coversDomain } from "../domain/certificates.ts";
import { readUserFile } from "../os/user-file.ts";

/** Command that creates the file from the files of a certificate authority. */
export const exportCommand = "openssl pkcs12 -export -passout pass: -in fullchain.pem -inkey privkey.pem -out shop.p12";

const form = "a PKCS#12 file without password that holds certificate, key and chain";

/** A certificate with its key, in the form for the load balancer. */
export interface TlsCertificate extends CertificateFacts {
  /** File or store that it is in, for messages. */
  readonly file: string;
  /** Setting or environment variable that it comes from. */
  readonly variable: string;
  /** The file in base64: certificate, key and chain. Secret. */
  readonly pkcs12: string;
}

interface CertificateUse {
  /** Host names that browsers request. */
  readonly domains: readonly string[];
  readonly now: Date;
}

/**
 * Reads a PKCS#12 file and checks its form: no password, a certificate with its key, a complete chain in order, no weak key or signature.
 * @param variable environment variable that names the file, for errors
 * @throws LorError `certificate-missing`, `certificate-not-pkcs12`, `certificate-with-password`, `certificate-without-key`,
 *   `certificate-key-mismatch`, `certificate-weak`, `certificate-chain`
 */
export async function readCertificate(file: string | undefined, variable: string): Promise<TlsCertificate> {
  const read = file === undefined || file === "" ? undefined : readUserFile(file);
  if (file === undefined || read?.ok !== true) {
    throw refusal({
      variable,
      code: "certificate-missing",
      exit: ExitCode.usage,
      message:
        read === undefined || read.ok || read.fault.code === "file-missing"
          ? "the load balancer's HTTPS needs the certificate of the domain and its key"
          : `the certificate file ${read.fault.reason}`,
      seen: file === undefined || file === "" ? "not set" : file,
      accepted: form,
    });
  }
  const { keys, certificates } = await openPkcs12({ file, variable }, read.content);
  const { leaf, chain } = matchKey({ file, variable }, keys, certificates);
  refuseWeak({ file, variable }, [leaf, ...chain]);
  requireChain({ file, variable }, leaf.x509, chain);
  return { file, variable, pkcs12: read.content.toString("base64"), ...certificateFacts(leaf.x509) };
}

/**
 * Describes a PKCS#12 that a load balancer or a store has. Its chain and strength are not judged.
 * @throws LorError `certificate-not-pkcs12`, `certificate-with-password`, `certificate-without-key`, `certificate-key-mismatch`
 */
export async function describePkcs12(pkcs12: Uint8Array, source: Source): Promise<TlsCertificate> {
  const content = Buffer.from(pkcs12);
  const { keys, certificates } = await openPkcs12(source, content);
  const { leaf } = matchKey(source, keys, certificates);
  return { ...source, pkcs12: content.toString("base64"), ...certificateFacts(leaf.x509) };
}

/** Names, issuer, validity and fingerprint of a certificate. */
export interface CertificateFacts {
  /** DNS names, wildcards included. */
  readonly names: readonly string[];
  /** Common name of the issuer. */
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SHA-256 of the certificate, hexadecimal digits with colons. */
  readonly fingerprint: string;
}

export function certificateFacts(x509: X509Certificate): CertificateFacts {
  return {
    names: dnsNames(x509),
    issuer: firstLineOf(x509.issuer).replace(/^CN=/, ""),
    notBefore: new Date(x509.validFrom),
    notAfter: new Date(x509.validTo),
    fingerprint: x509.fingerprint256,
  };
}

/**
 * Checks that a certificate covers the domains and is already valid. Its expiry is judged by policies.
 * @throws LorError `certificate-of-other-domain`, `certificate-not-yet-valid`
 */
export function requireUsable(certificate: TlsCertificate, { domains, now }: CertificateUse): void {
  const missing = domains.filter((domain) => !coversDomain(certificate.names, domain));
  if (missing.length > 0) {
    throw refusal({
      variable: certificate.variable,
      code: "certificate-of-other-domain",
      message: `the certificate ${certificate.file} is not valid for ${missing.join(", ")}`,
      exit: ExitCode.refused,
      seen: certificate.names.length === 0 ? "no DNS name in subjectAltName" : certificate.names.join(", "),
      accepted: `a certificate whose subjectAltName names ${domains.join(", ")}, or a wildcard that covers it`,
    });
  }
  if (now < certificate.notBefore) {
    throw refusal({
      variable: certificate.variable,
      code: "certificate-not-yet-valid",
      message: `the certificate ${certificate.file} is not valid yet`,
      exit: ExitCode.refused,
      seen: `valid from ${certificate.notBefore.toISOString()}; now ${now.toISOString()}`,
      accepted: "a certificate that is valid today",
    });
  }
}

type Source = Pick<TlsCertificate, "file" | "variable">;

interface RefusalArgs {
  readonly variable: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly seen: string;
  readonly exit: ExitCode;
  readonly accepted: string;
  /** Default: the command that creates the file. */
  readonly next?: string;
}

function refusal({ next, variable, ...details }: RefusalArgs): LorError {
  return new LorError({ ...details, culprit: "user", path: variable, next: next ?? exportCommand });
}

interface Parsed {
  readonly x509: X509Certificate;
  /** OID of the signature algorithm. */
  readonly signature: string;
}

/** forge opens the container; Node checks its contents, because forge supports RSA only. */
async function openPkcs12(
  { file, variable }: Source,
  content: Buffer,
): Promise<{ readonly keys: readonly KeyObject[]; readonly certificates: readonly Parsed[] }> {
  const { default: forge } = await import("node-forge");
  const notPkcs12 = (seen: string) =>
    refusal({
      variable,
      code: "certificate-not-pkcs12",
      exit: ExitCode.usage,
      message: `${file} is not a PKCS#12 file`,
      seen,
      accepted: form,
    });
  if (content.length === 0) throw notPkcs12("an empty file");
  if (content.includes("-----BEGIN ")) throw notPkcs12("a PEM file");
  let asn1: ReturnType<typeof forge.asn1.fromDer>;
  try {
    asn1 = forge.asn1.fromDer(content.toString("binary"));
  } catch {
    throw notPkcs12(`${content.length} bytes of another format`);
  }
  const open = (password: string | null) => {
    try {
      return forge.pkcs12.pkcs12FromAsn1(asn1, false, password as string);
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  };
  const withEmpty = open("");
  const opened = withEmpty instanceof Error ? open(null) : withEmpty;
  if (opened instanceof Error) {
    if (/not an? (ASN\.1 )?PKCS#12|Cannot read PKCS#12 PFX|version/i.test(opened.message)) {
      throw notPkcs12(`${content.length} bytes of another format`);
    }
    throw refusal({
      variable,
      code: "certificate-with-password",
      exit: ExitCode.usage,
      message: `${file} cannot be opened without a password, and the load balancer has none`,
      seen: "a PKCS#12 file with a password, or a damaged one",
      accepted: form,
    });
  }
  const { oids } = forge.pki;
  const bagsOf = (type: string | undefined) =>
    type === undefined ? [] : (opened.getBags({ bagType: type })[type] ?? []);
  const der = (value: Parameters<typeof forge.asn1.toDer>[0]) =>
    Buffer.from(forge.asn1.toDer(value).getBytes(), "binary");
  const keys = [...bagsOf(oids.pkcs8ShroudedKeyBag), ...bagsOf(oids.keyBag)].map((bag) =>
    bag.key
      ? createPrivateKey(forge.pki.privateKeyToPem(bag.key))
      : createPrivateKey({ key: der(bag.asn1), format: "der", type: "pkcs8" }),
  );
  const certificates = bagsOf(oids.certBag).map((bag) => {
    const value = bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1;
    const algorithm = (value.value[1] as typeof value).value[0] as typeof value;
    return { x509: new X509Certificate(der(value)), signature: forge.asn1.derToOid(algorithm.value as string) };
  });
  return { keys, certificates };
}

function matchKey(
  { file, variable }: Source,
  keys: readonly KeyObject[],
  certificates: readonly Parsed[],
): { readonly leaf: Parsed; readonly chain: readonly Parsed[] } {
  const [key] = keys;
  if (key === undefined) {
    throw refusal({
      variable,
      code: "certificate-without-key",
      exit: ExitCode.usage,
      message: `${file} holds no private key`,
      seen: `${certificates.length} certificates, no key`,
      accepted: form,
    });
  }
  const leaf = certificates.find((one) => one.x509.checkPrivateKey(key));
  if (leaf === undefined) {
    throw refusal({
      variable,
      code: "certificate-key-mismatch",
      exit: ExitCode.usage,
      message: `the private key of ${file} belongs to none of its certificates`,
      seen: certificates.length === 0 ? "no certificate" : certificates.map((one) => subjectOf(one.x509)).join(", "),
      accepted: "the certificate that was issued for this key",
    });
  }
  return { leaf, chain: certificates.filter((one) => one !== leaf) };
}

/** Signatures that browsers refuse: MD5 and SHA-1 with RSA, SHA-1 with ECDSA. */
const weakSignatures: ReadonlyMap<string, string> = new Map([
  ["1.2.840.113549.1.1.4", "md5WithRSAEncryption"],
  ["1.2.840.113549.1.1.5", "sha1WithRSAEncryption"],
  ["1.2.840.10045.4.1", "ecdsa-with-SHA1"],
]);

/** Elliptic curves that every browser accepts in a certificate: P-256 and P-384. */
const browserCurves: readonly string[] = ["prime256v1", "secp384r1"];

function refuseWeak({ file, variable }: Source, certificates: readonly Parsed[]): void {
  for (const { x509, signature } of certificates) {
    const { modulusLength, namedCurve } = x509.publicKey.asymmetricKeyDetails ?? {};
    // The signature of a root is never verified: a root is trusted as it is.
    const weak = isSelfSigned(x509) ? undefined : weakSignatures.get(signature);
    const kind = x509.publicKey.asymmetricKeyType ?? "a key of an unknown kind";
    const known = kind === "rsa" || (kind === "ec" && browserCurves.includes(namedCurve ?? ""));
    const small = modulusLength !== undefined && modulusLength < 2048 ? `RSA of ${modulusLength} bits` : undefined;
    const seen = known ? (small ?? weak) : [kind, namedCurve].filter(Boolean).join(" ");
    if (seen === undefined) continue;
    throw refusal({
      variable,
      code: "certificate-weak",
      message: `browsers refuse the certificate ${subjectOf(x509)} of ${file}`,
      exit: ExitCode.refused,
      seen,
      accepted: "RSA of 2048 bits or more, or ECDSA with P-256 or P-384, signed with SHA-256 or better",
      next: `have it issued again, then ${exportCommand}`,
    });
  }
}

/** The intermediates must follow the certificate in the order of signing, up to a root that clients know. */
function requireChain({ file, variable }: Source, leaf: X509Certificate, chain: readonly Parsed[]): void {
  let last = leaf;
  for (const { x509 } of chain) {
    if (!isIssuedBy(last, x509)) {
      throw refusal({
        variable,
        code: "certificate-chain",
        exit: ExitCode.usage,
        message: `the chain of ${file} is not in order: ${subjectOf(x509)} has not signed ${subjectOf(last)}`,
        seen: [leaf, ...chain.map((one) => one.x509)].map(subjectOf).join(" <- "),
        accepted: "the certificate first, then each intermediate that signed the one before",
      });
    }
    last = x509;
  }
  if (isSelfSigned(last) || isIssuedByKnownRoot(last)) return;
  throw refusal({
    variable,
    code: "certificate-chain",
    exit: ExitCode.usage,
    message: `the chain of ${file} is not complete: the issuer of ${subjectOf(last)} is missing`,
    seen: `issuer ${firstLineOf(last.issuer)}`,
    accepted: "fullchain.pem: the certificate with every intermediate",
  });
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function isSelfSigned(certificate: X509Certificate): boolean {
  return isIssuedBy(certificate, certificate);
}

function isIssuedByKnownRoot(certificate: X509Certificate): boolean {
  return rootCertificates.some((pem) => isIssuedBy(certificate, new X509Certificate(pem)));
}

function dnsNames({ subjectAltName }: X509Certificate): readonly string[] {
  return (subjectAltName ?? "").split(", ").flatMap((entry) => /^DNS:(.+)$/.exec(entry)?.[1] ?? []);
}

function subjectOf({ subject }: X509Certificate): string {
  return firstLineOf(subject);
}

/** The common name, or else the first attribute of a distinguished name. */
function firstLineOf(name: string | undefined): string {
  const lines = (name ?? "").split("\n");
  return lines.find((line) => line.startsWith("CN=")) ?? lines[0] ?? "";
}

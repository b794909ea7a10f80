import { createPrivateKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { isIPv4 } from "node:net";
import forge from "node-forge";
import { host } from "./host.ts";

const { asn1, pki, pkcs12 } = forge;
const { Class, Type } = asn1;

/** Rounds of the key derivations: the password is empty, so that they protect nothing. */
const rounds = 2048;

/**
 * A self-signed RSA certificate and its key as PKCS#12 with an empty password.
 * @param names DNS names; the first is the subject
 * @param days validity. Default: ten years
 */
export function selfSignedPkcs12(names: readonly string[], now: Date, days = 3650): Buffer {
  const { key, certificate } = makeCertificate({ names, now, validityMs: days * 24 * 3600 * 1000 });
  return packPkcs12(createPrivateKey(key), [new X509Certificate(pki.certificateToPem(certificate))]);
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
  const certificate = pki.createCertificate();
  certificate.publicKey = pki.publicKeyFromPem(pair.publicKey);
  // A number whose first byte is 01 is positive and has no padding. With 00 before it, a random number that began with a zero byte would be
  // encoded with two of them, which OpenSSL refuses.
  certificate.serialNumber = `01${Buffer.from(host().randomBytes(16)).toString("hex")}`;
  certificate.validity.notBefore = new Date(now.getTime() - 3600 * 1000);
  certificate.validity.notAfter = new Date(now.getTime() + validity);
  // A common name has at most 64 characters. Source: RFC 5280, appendix A.1.
  const subject = [{ name: "commonName", value: (names[0] ?? "localhost").slice(0, 64) }];
  certificate.setSubject(subject);
  certificate.setIssuer(issuer === undefined ? subject : pki.certificateFromPem(issuer.certificate).subject.attributes);
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
  certificate.sign(pki.privateKeyFromPem(issuer?.key ?? pair.privateKey), forge.md.sha256.create());
  return { key: pair.privateKey, certificate };
}

/** Types of general names. Source: RFC 5280, 4.2.1.6. */
function altName(
  name: string,
): { readonly type: 2; readonly value: string } | { readonly type: 7; readonly ip: string } {
  return isIPv4(name) ? { type: 7, ip: name } : { type: 2, value: name };
}

/**
 * A key, its certificate and the chain as PKCS#12 with an empty password, as Octavia takes it from the key manager. Built from DER, because forge's own
 * function packs RSA certificates only, and an intermediate may have another key. Source of the form: RFC 7292.
 * @param certificates the key's own certificate first
 */
export function packPkcs12(key: KeyObject, certificates: readonly X509Certificate[]): Buffer {
  const keyInfo = asn1.fromDer(binary(key.export({ type: "pkcs8", format: "der" })));
  const shrouded = pki.encryptPrivateKeyInfo(keyInfo, "", { algorithm: "aes256", count: rounds });
  const mark = attributes(Buffer.from(host().randomBytes(20)));
  const keyBag = sequence(oid(pki.oids.pkcs8ShroudedKeyBag), tagged(shrouded), mark);
  const certificateBags = certificates.map((certificate, index) =>
    sequence(
      oid(pki.oids.certBag),
      tagged(sequence(oid(pki.oids.x509Certificate), tagged(octets(binary(certificate.raw))))),
      ...(index === 0 ? [mark] : []),
    ),
  );
  const safe = sequence(data(sequence(...certificateBags)), data(sequence(keyBag)));
  const content = der(safe);
  const salt = Buffer.from(host().randomBytes(8)).toString("binary");
  const macKey = pkcs12.generateKey("", forge.util.createBuffer(salt), 3, rounds, 32, forge.md.sha256.create());
  const mac = forge.hmac.create();
  mac.start("sha256", macKey);
  mac.update(content);
  const digest = sequence(
    sequence(oid(pki.oids.sha256), asn1.create(Class.UNIVERSAL, Type.NULL, false, "")),
    octets(mac.getMac().getBytes()),
  );
  const pfx = sequence(integer(3), data(safe), sequence(digest, octets(salt), integer(rounds)));
  return Buffer.from(der(pfx), "binary");
}

type Node = forge.asn1.Asn1;

/** Marks key and certificate as belonging together: localKeyId. */
function attributes(id: Buffer): Node {
  const values = asn1.create(Class.UNIVERSAL, Type.SET, true, [octets(binary(id))]);
  return asn1.create(Class.UNIVERSAL, Type.SET, true, [sequence(oid(pki.oids.localKeyId), values)]);
}

/** ContentInfo of the type data. */
function data(content: Node): Node {
  return sequence(oid(pki.oids.data), tagged(octets(der(content))));
}

function sequence(...parts: Node[]): Node {
  return asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts);
}

/** Explicit tag 0. */
function tagged(inner: Node): Node {
  return asn1.create(Class.CONTEXT_SPECIFIC, 0, true, [inner]);
}

function octets(bytes: string): Node {
  return asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes);
}

function oid(value: string | undefined): Node {
  return asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(value ?? "").getBytes());
}

function integer(value: number): Node {
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, asn1.integerToDer(value).getBytes());
}

function der(node: Node): string {
  return asn1.toDer(node).getBytes();
}

function binary(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("binary");
}

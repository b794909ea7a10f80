import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readCertificate, requireUsable } from "../../src/clouds/tls-certificate.ts";
import { daysUntil } from "../../src/domain/certificates.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";

const variable = "LOR_TLS_PKCS12_FILE";
const folder = mkdtempSync(join(tmpdir(), "lor-tls-"));
const at = (name: string) => join(folder, name);

function openssl(...args: readonly string[]): void {
  execFileSync("openssl", [...args], { cwd: folder, stdio: "pipe" });
}

/** A certificate `NAME.pem` with its key `NAME.key`, signed by an issuer or by itself. */
function issue(name: string, issuer: string | undefined, ...more: readonly string[]): void {
  const [key = ["rsa:2048"], rest = []] = more[0]?.startsWith("key=")
    ? [more[0].slice(4).split(" "), more.slice(1)]
    : [undefined, more];
  const signer = issuer === undefined ? [] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`];
  openssl(
    ...["req", "-x509", "-newkey", ...key, "-nodes", "-keyout", `${name}.key`, "-out", `${name}.pem`],
    ...["-subj", `/CN=${name}`, ...signer, ...rest],
  );
}

/** `NAME.p12` of a certificate, a key, and further certificates in that order. */
function bundle(name: string, args: { cert: string; key?: string; chain?: readonly string[]; pass?: string }): string {
  const { cert, key = cert, chain = [], pass = "" } = args;
  writeFileSync(at("full.pem"), [cert, ...chain].map((one) => readFileSync(at(`${one}.pem`), "utf8")).join(""));
  openssl(
    ...["pkcs12", "-export", "-passout", `pass:${pass}`, "-in", "full.pem", "-inkey", `${key}.key`],
    ...["-out", `${name}.p12`],
  );
  return at(`${name}.p12`);
}

const san = ["-addext", "subjectAltName=DNS:shop.example,DNS:*.lor.example"];
const ca = ["-addext", "basicConstraints=critical,CA:TRUE"];

beforeAll(() => {
  issue("root", undefined);
  issue("middle", "root", ...ca);
  issue("leaf", "middle", ...san, "-addext", "basicConstraints=CA:FALSE");
  issue("other", "middle", ...san);
  issue("ecdsa", undefined, "key=ec -pkeyopt ec_paramgen_curve:prime256v1", ...san);
  issue("small", undefined, "key=rsa:1024", ...san);
  issue("sha1", "root", "-sha1", ...san);
  issue("ed25519", undefined, "key=ed25519", ...san);
  issue("p521", undefined, "key=ec -pkeyopt ec_paramgen_curve:secp521r1", ...san);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("a certificate that is read", () => {
  it("gives its names and its end", async () => {
    const file = bundle("good", { cert: "leaf", chain: ["middle", "root"] });
    const certificate = await readCertificate(file, variable);
    expect(certificate).toMatchObject({ file, names: ["shop.example", "*.lor.example"] });
    expect(certificate.pkcs12).toBe(readFileSync(file).toString("base64"));
    expect(daysUntil(certificate.notAfter, certificate.notAfter)).toBe(0);
    expect(daysUntil(certificate.notAfter, new Date(certificate.notAfter.getTime() - 86_400_000))).toBe(1);
  });

  it("may have an elliptic key, which forge does not know", async () => {
    expect((await readCertificate(bundle("ec", { cert: "ecdsa" }), variable)).names).toContain("shop.example");
  });

  it("may be the one of the local cloud", async () => {
    writeFileSync(at("local.p12"), selfSignedPkcs12(["*.lor.example"], new Date()));
    expect((await readCertificate(at("local.p12"), variable)).names).toEqual(["*.lor.example"]);
  });
});

describe("a certificate that is refused", () => {
  const refusals: readonly (readonly [string, () => string | undefined, string, RegExp])[] = [
    ["no file is named", () => undefined, "certificate-missing", /not set/],
    ["the file does not exist", () => at("absent.p12"), "certificate-missing", /absent/],
    ["the file is empty", () => written("empty.p12", ""), "certificate-not-pkcs12", /empty file/],
    ["the file is PEM", () => at("leaf.pem"), "certificate-not-pkcs12", /PEM/],
    ["the file is something else", () => written("text.p12", "hello"), "certificate-not-pkcs12", /5 bytes/],
    ["it has a password", () => bundle("pass", { cert: "ecdsa", pass: "x" }), "certificate-with-password", /password/],
    ["it has no key", () => withoutKey(), "certificate-without-key", /1 certificates, no key/],
    ["its key is another one", () => withOtherKey(), "certificate-key-mismatch", /CN=leaf/],
    ["its key is weak", () => bundle("weak", { cert: "small" }), "certificate-weak", /1024 bits/],
    ["its signature is weak", () => bundle("old", { cert: "sha1", chain: ["root"] }), "certificate-weak", /sha1With/],
    ["browsers know no key of its kind", () => bundle("ed", { cert: "ed25519" }), "certificate-weak", /^ed25519$/],
    ["browsers do not know its curve", () => bundle("curve", { cert: "p521" }), "certificate-weak", /^ec secp521r1$/],
    ["an intermediate is missing", () => bundle("part", { cert: "leaf" }), "certificate-chain", /issuer CN=middle/],
    [
      "the chain is in another order",
      () => bundle("turned", { cert: "leaf", chain: ["root", "middle"] }),
      "certificate-chain",
      /CN=leaf <- CN=root <- CN=middle/,
    ],
  ];

  it.each(refusals)("because %s", async (_, file, code, seen) => {
    await expect(readCertificate(file(), variable)).rejects.toMatchObject({
      code,
      path: variable,
      seen: expect.stringMatching(seen),
      next: expect.stringContaining("openssl pkcs12 -export -passout pass:"),
    });
  });

  it("because it is for another domain", async () => {
    const certificate = await readCertificate(at("good.p12"), variable);
    const use = (domain: string) => () => requireUsable(certificate, { domains: [domain], now: new Date() });
    expect(use("shop.example")).not.toThrow();
    expect(use("WWW.lor.example")).not.toThrow();
    for (const domain of ["a.b.lor.example", "lor.example", "shop.example.org"]) {
      expect(use(domain)).toThrow(expect.objectContaining({ code: "certificate-of-other-domain" }));
    }
  });

  it("because it is not valid yet", async () => {
    const certificate = await readCertificate(at("good.p12"), variable);
    const now = new Date(certificate.notBefore.getTime() - 1000);
    expect(() => requireUsable(certificate, { domains: ["shop.example"], now })).toThrow(
      expect.objectContaining({ code: "certificate-not-yet-valid" }),
    );
  });
});

function written(name: string, content: string): string {
  writeFileSync(at(name), content);
  return at(name);
}

function withoutKey(): string {
  openssl("pkcs12", "-export", "-nokeys", "-passout", "pass:", "-in", "ecdsa.pem", "-out", "keyless.p12");
  return at("keyless.p12");
}

/** openssl makes no such file. */
function withOtherKey(): string {
  const key = forge.pki.privateKeyFromPem(readFileSync(at("other.key"), "utf8"));
  const certificate = forge.pki.certificateFromPem(readFileSync(at("leaf.pem"), "utf8"));
  const container = forge.pkcs12.toPkcs12Asn1(key, [certificate], "", { algorithm: "aes256" });
  writeFileSync(at("mismatch.p12"), Buffer.from(forge.asn1.toDer(container).getBytes(), "binary"));
  return at("mismatch.p12");
}

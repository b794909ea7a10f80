import * as z from "zod";
import type { CertificateSettings } from "../domain/certificates.ts";
import { duration, email, oneOf, text } from "./fields.ts";

/** Directory of Let's Encrypt. */
const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

const host = "(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$";

/** A domain name in small letters. */
export const domain = text(new RegExp(`^${host}`), {
  code: "domain-invalid",
  accepted: "a domain name in small letters, such as www.lor.example",
});

const certificateName = text(new RegExp(`^(\\*\\.)?${host}`), {
  code: "domain-invalid",
  accepted: "a domain name in small letters, or a wildcard such as *.lor.example",
});

/** Origin of the load balancer's certificate. The keys besides `kind` are read with `acme` only. */
export function certificates() {
  return z.object({
    kind: oneOf(["given", "acme"], "certificate-kind-unknown").prefault("given"),
    directory: text(/^https:\/\/[^\s/@]+\/\S*$/, {
      code: "acme-directory-invalid",
      accepted: `an https address without user and password, such as ${letsEncrypt}`,
    }).prefault(letsEncrypt),
    email: email().optional(),
    challenge: oneOf(["dns-01", "http-01"], "acme-challenge-unknown").prefault("dns-01"),
    renewBefore: duration("P1D", "P60D").prefault("P30D"),
    names: z.array(certificateName, "a list of domain names").prefault([]),
  });
}

/** The section `certificates`, validated. */
export type CertificateSection = z.output<ReturnType<typeof certificates>>;

/** @param email contact when the section has none */
export function certificateSettings(section: CertificateSection, email: string): CertificateSettings {
  if (section.kind === "given") return { kind: "given" };
  return { ...section, kind: "acme", email: section.email ?? email };
}

const recordRefusal = {
  code: "dns-record-invalid",
  accepted: "printable text on one line, such as 10 mx1.mail.example. for an MX record",
} as const;

/** A record that is wanted besides the addresses of shop and ERP, such as one for mail. */
const record = z.object({
  name: text(/^(@|([a-z0-9_*]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9_*]([a-z0-9_-]{0,61}[a-z0-9])?)$/, {
    code: "dns-record-invalid",
    accepted: "a name below the zone, such as mail, or @ for the zone itself",
  }),
  type: oneOf(["A", "AAAA", "CAA", "CNAME", "MX", "SRV", "TXT"], "dns-record-invalid"),
  value: text(/^[\x21-\x7e]([\x20-\x7e]{0,998}[\x21-\x7e])?$/, recordRefusal),
});

/** The DNS zone of the system's names. */
export function dns() {
  return z.object({
    zone: domain.optional(),
    manage: z.boolean("true or false").prefault(false),
    records: z.array(record, "a list of records").prefault([]),
  });
}

/** The section `dns`, validated. */
export type DnsSection = z.output<ReturnType<typeof dns>>;

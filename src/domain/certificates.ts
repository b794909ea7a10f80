import type { Duration } from "../core/duration.ts";
import { nameBelow } from "./dns.ts";

export type Challenge = "dns-01" | "http-01";

/** A certificate authority that issues certificates by ACME (RFC 8555). */
export interface AcmeSettings {
  readonly kind: "acme";
  /** URL of the authority's directory. Default: Let's Encrypt. */
  readonly directory: string;
  /** Contact of the account. Default: `administration.email`. */
  readonly email: string;
  /** How the authority checks the names: a TXT record, or a file on port 80. Default: `dns-01`. */
  readonly challenge: Challenge;
  /** Time before the expiry from which `certificate renew` obtains a new one. Default: P30D. */
  readonly renewBefore: Duration;
  /** Names besides the system's domains. Default: none. */
  readonly names: readonly string[];
}

/** Where the load balancer's certificate comes from: a PKCS#12 file given by a person, or an authority. */
export type CertificateSettings = { readonly kind: "given" } | AcmeSettings;

const millisecondsOfDay = 86_400_000;

/** Whole days from `now` to the last valid moment; negative afterwards. */
export function daysUntil(notAfter: Date, now: Date): number {
  return Math.floor((notAfter.getTime() - now.getTime()) / millisecondsOfDay);
}

/**
 * Whether a certificate is to be renewed: within `renewBefore` of its expiry, and never before half of its validity, because some authorities issue
 * for a few days only.
 */
export function isDue(
  { notBefore, notAfter }: { readonly notBefore: Date; readonly notAfter: Date },
  renewBefore: Duration,
  now: Date,
): boolean {
  const half = (notAfter.getTime() - notBefore.getTime()) / 2;
  return notAfter.getTime() - now.getTime() <= Math.min(renewBefore.milliseconds, half);
}

/** Whether a certificate for `names` covers a domain. A wildcard matches exactly one label. Source: RFC 6125, 6.4.3. */
export function coversDomain(names: readonly string[], domain: string): boolean {
  const wanted = domain.toLowerCase();
  return names.some((name) => {
    const given = name.toLowerCase();
    return given === wanted || (given.startsWith("*.") && wanted.slice(wanted.indexOf(".")) === given.slice(1));
  });
}

/** Name, below its zone, of the TXT record that proves a name: `_acme-challenge.www` in `lor.example`. Undefined: outside the zone. */
export function challengeRecord(name: string, zone: string): string | undefined {
  const below = nameBelow(zone, name.replace(/^\*\./, ""));
  return below === "" ? "_acme-challenge" : below && `_acme-challenge.${below}`;
}

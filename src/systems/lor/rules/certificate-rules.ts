import { problem } from "../../../config/problem.ts";
import { challengeRecord } from "../../../domain/certificates.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const certificateRules: readonly Rule[] = Object.freeze([
  sharedRule("records-have-a-zone", ["dns"], ({ dns }) => {
    if (dns.zone !== undefined || !(dns.manage || dns.records.length > 0)) return [];
    const what = dns.manage ? "dns.manage creates records, so their zone must be known" : "dns.records have no zone";
    return [problem("dns.zone", "dns-zone-missing", { what, seen: dns.zone, accepted: "a DNS zone at OVHcloud" })];
  }),
  sharedRule("challenge-can-be-met", ["certificates", "dns", "prestashop"], ({ certificates, dns, prestashop }) => {
    if (certificates.kind !== "acme") return [];
    const names = [prestashop.domain, ...certificates.names];
    if (certificates.challenge === "http-01") {
      if (!names.some((name) => name.startsWith("*."))) return [];
      const what = "a wildcard can be proven by dns-01 only";
      return [
        problem("certificates.challenge", "acme-challenge-unknown", { what, seen: "http-01", accepted: "dns-01" }),
      ];
    }
    const { zone } = dns;
    const outside = names.find((name) => zone === undefined || challengeRecord(name, zone) === undefined);
    if (outside === undefined) return [];
    return [
      problem("dns.zone", "dns-zone-missing", {
        what: `dns-01 proves ${outside} by a TXT record, so its zone must be known`,
        seen: zone,
        accepted: `the zone at OVHcloud that contains ${names.join(", ")}; or certificates.challenge: http-01`,
      }),
    ];
  }),
]);

import { expect, it } from "vitest";
import { certificateRules } from "../../../src/systems/lor/rules/certificate-rules.ts";
import type { LorSettings } from "../../../src/systems/lor/settings.ts";
import { lorProject } from "./lor-project.ts";

const acme = (more: object) => ({ kind: "acme", challenge: "dns-01", names: [], ...more });
const dns = (more: object) => ({ zone: undefined, manage: false, records: [], ...more });

/** Codes with paths of what the rules refuse. */
function refused(certificates: object, zone: object): readonly string[] {
  const base = lorProject().settings.normal;
  const normal = { ...base, certificates, dns: zone } as unknown as LorSettings;
  const pair = { normal, rush: normal };
  return certificateRules.flatMap((rule) => rule.check(pair)).map(({ code, path }) => `${path}: ${code}`);
}

it.each([
  { what: "a given certificate", certificates: { kind: "given" }, zone: dns({}), issues: [] },
  { what: "dns-01 in its zone", certificates: acme({}), zone: dns({ zone: "lor.example" }), issues: [] },
  { what: "dns-01 without a zone", certificates: acme({}), zone: dns({}), issues: ["dns.zone: dns-zone-missing"] },
  {
    what: "dns-01 with a name of another zone",
    certificates: acme({ names: ["lor.shop"] }),
    zone: dns({ zone: "lor.example" }),
    issues: ["dns.zone: dns-zone-missing"],
  },
  { what: "http-01 without a zone", certificates: acme({ challenge: "http-01" }), zone: dns({}), issues: [] },
  {
    what: "http-01 with a wildcard",
    certificates: acme({ challenge: "http-01", names: ["*.lor.example"] }),
    zone: dns({}),
    issues: ["certificates.challenge: acme-challenge-unknown"],
  },
  {
    what: "records without a zone",
    certificates: { kind: "given" },
    zone: dns({ manage: true }),
    issues: ["dns.zone: dns-zone-missing"],
  },
])("judges $what", ({ certificates, zone, issues }) => {
  expect(refused(certificates, zone)).toEqual(issues);
});

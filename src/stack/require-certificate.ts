import { exportCommand, requireUsable, type TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { daysUntil } from "../domain/certificates.ts";
import { judgePolicies } from "../domain/policy/judge.ts";
import type { Waiver } from "../domain/policy/waiver.ts";
import type { Emit } from "./action-event.ts";

interface CertificateRequest {
  /** Host names that browsers request. */
  readonly domains: readonly string[];
  readonly now: Date;
  readonly waivers: readonly Waiver[];
  readonly emit: Emit;
}

/**
 * Refuses a certificate that would make the site unavailable, before anything changes; warns of one that expires soon.
 * @throws LorError `certificate-of-other-domain`, `certificate-not-yet-valid`, `certificate-expired`
 */
export function requireCertificate(
  certificate: TlsCertificate,
  { domains, now, waivers, emit }: CertificateRequest,
): void {
  requireUsable(certificate, { domains, now });
  const { refused, waived, warned } = judgePolicies({
    facts: {
      certificate: {
        setting: certificate.variable,
        file: certificate.file,
        notAfter: certificate.notAfter.toISOString(),
        daysLeft: daysUntil(certificate.notAfter, now),
      },
    },
    waivers,
    today: now.toISOString().slice(0, "YYYY-MM-DD".length),
  });
  const [first] = refused;
  if (first !== undefined) {
    const { path, what, seen, accepted } = first.finding;
    throw new LorError({
      code: "certificate-expired",
      message: what,
      exit: ExitCode.refused,
      culprit: "user",
      path,
      seen: String(seen),
      accepted: `${accepted}, or a waiver (docs/policies.md)`,
      next: `renew it, then ${exportCommand}`,
    });
  }
  for (const { policy, finding } of [...waived, ...warned]) {
    emit({ kind: "warning", code: policy.code, message: `${finding.what} (${finding.seen}); ${policy.remedy}` });
  }
}

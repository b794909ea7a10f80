import { ExitCode, LorError } from "../../core/errors.ts";
import type { AcmeSettings } from "../../domain/certificates.ts";
import type { ListenerCertificate, SharedSettings } from "../../systems/contract.ts";
import type { Project } from "../../systems/load-project.ts";

export interface AcmeUse {
  readonly use: ListenerCertificate;
  readonly settings: AcmeSettings;
  /** Names of the certificate, the system's domain first. */
  readonly names: readonly string[];
  readonly zone: string | undefined;
}

/** Names that the settings ask for, the system's domain first. */
export function certificateNames(use: ListenerCertificate, settings: SharedSettings): readonly string[] {
  const source = use.source(settings);
  return [...new Set([...use.domains(settings), ...(source.kind === "acme" ? source.names : [])])];
}

/** @throws LorError `acme-needs-settings` */
export function requireAcme({ system, settings }: Pick<Project, "system" | "settings">): AcmeUse {
  const use = system.certificate;
  const source = use?.source(settings.normal);
  if (use !== undefined && source?.kind === "acme") {
    return { use, settings: source, names: certificateNames(use, settings.normal), zone: use.zone(settings.normal) };
  }
  throw new LorError({
    code: "acme-needs-settings",
    message:
      use === undefined
        ? `the system ${system.id} has no certificate of a load balancer`
        : "the certificate of this stack is given as a file: no authority issues it",
    exit: ExitCode.usage,
    culprit: "user",
    path: "certificates.kind",
    seen: source?.kind ?? "none",
    accepted: "acme",
    next:
      use === undefined
        ? "lor-infra --help"
        : `renew the file of ${use.variable}, then lor-infra up; or set certificates.kind: acme`,
  });
}

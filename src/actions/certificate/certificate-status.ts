import { type CertificateFacts, describePkcs12 } from "../../clouds/tls-certificate.ts";
import { messageOf } from "../../core/errors.ts";
import { type CertificateSettings, coversDomain, daysUntil, isDue } from "../../domain/certificates.ts";
import { fewDaysLeft } from "../../domain/policy/certificate-policies.ts";
import { probeTls, type ServedCertificate } from "../../stack/probe-tls.ts";
import { publicEndpoint } from "../../stack/public-endpoint.ts";
import { readRecorded } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import type { ListenerCertificate } from "../../systems/contract.ts";
import { planProfile } from "../../systems/project-plan.ts";
import { certificateNames } from "./require-acme.ts";

export interface CertificateView {
  readonly names: readonly string[];
  readonly issuer: string;
  /** ISO 8601. */
  readonly notAfter: string;
  /** Whole days; negative afterwards. */
  readonly daysLeft: number;
  /** SHA-256. */
  readonly fingerprint: string;
}

/** Why something cannot be read. */
export interface Unread {
  readonly unread: string;
}

interface ServedView extends CertificateView {
  /** Whether this machine's trust store accepts it. */
  readonly trusted: boolean;
}

interface StoredView extends CertificateView {
  readonly ref: string;
  /** Whether the listener refers to it. */
  readonly inUse: boolean;
}

interface CertificateProblem {
  readonly what: string;
  readonly severity: "warning" | "bad";
  readonly next: string;
}

export interface CertificateReport {
  readonly source: CertificateSettings["kind"];
  /** Names that the settings ask for. */
  readonly wanted: readonly string[];
  /** Certificate that the next `up` installs; null: the local cloud generates its own. */
  readonly stored: CertificateView | Unread | null;
  /** Certificate that the listener shows to clients; null: the stack is not up. */
  readonly served: ServedView | Unread | null;
  /** Certificates of the listener in the key manager. */
  readonly keyManager: readonly StoredView[] | Unread;
  /** Certificates that machines obtain and renew themselves; null: the machine has no address yet. */
  readonly machines: readonly {
    readonly machine: string;
    readonly domain: string;
    readonly served: ServedView | Unread | null;
  }[];
  readonly problems: readonly CertificateProblem[];
}

/** Reads the certificate where it is stored, where the load balancer reads it, and where clients see it. Undefined: the system has none. */
export async function certificateStatus(context: StackContext): Promise<CertificateReport | undefined> {
  const use = context.project.system.certificate;
  if (use === undefined) return undefined;
  const settings = context.project.settings.normal;
  const source = use.source(settings);
  const wanted = certificateNames(use, settings);
  const { outputs, resources } = await readRecorded(context);
  const stored = await orReason(async () => await context.certificate?.());
  const served = await probe(context, resources.length === 0 ? undefined : use.publicAddress(outputs), wanted[0] ?? "");
  const keyManager = await orReason(() => readSecrets(context, use));
  const machines = await Promise.all(
    use.ofMachines(settings, outputs).map(async ({ machine, domain, address }) => {
      return { machine, domain, served: await probe(context, address, domain) };
    }),
  );
  const now = context.clock.now();
  return {
    source: source.kind,
    wanted,
    stored: isUnread(stored) ? stored : stored === undefined ? null : viewOf(stored, now),
    served: servedView(served, now),
    keyManager: isUnread(keyManager)
      ? keyManager
      : keyManager.map((one) => ({ ...viewOf(one, now), ref: one.ref, inUse: one.inUse })),
    machines: machines.map((one) => ({ ...one, served: servedView(one.served, now) })),
    problems: [
      ...machines.flatMap((one) => problemsOfMachine(one, now)),
      ...problemsOfStored(source, stored, now),
      ...problemsOfServed(source, wanted, { stored, served }, now),
      ...leftovers(source, keyManager),
    ],
  };
}

function problemsOfStored(
  source: CertificateSettings,
  stored: CertificateFacts | Unread | undefined,
  now: Date,
): readonly CertificateProblem[] {
  if (stored === undefined) return [];
  const next = remedyOf(source);
  if (isUnread(stored))
    return [{ what: `the stored certificate cannot be read: ${stored.unread}`, severity: "bad", next }];
  const days = daysUntil(stored.notAfter, now);
  if (days < 0) return [{ what: "the stored certificate has expired", severity: "bad", next }];
  const due = source.kind === "acme" ? isDue(stored, source.renewBefore, now) : days < fewDaysLeft;
  return due ? [{ what: `the stored certificate is to be renewed: ${days} days left`, severity: "warning", next }] : [];
}

function problemsOfServed(
  source: CertificateSettings,
  wanted: readonly string[],
  {
    stored,
    served,
  }: {
    readonly stored: CertificateFacts | Unread | undefined;
    readonly served: ServedCertificate | Unread | undefined;
  },
  now: Date,
): readonly CertificateProblem[] {
  if (served === undefined) return [];
  if (isUnread(served)) {
    return [{ what: `the listener cannot be asked: ${served.unread}`, severity: "bad", next: "lor-infra status" }];
  }
  const next = remedyOf(source);
  const problems: CertificateProblem[] = [];
  if (served.notAfter < now) problems.push({ what: "clients see an expired certificate", severity: "bad", next });
  const missing = wanted.filter((name) => !coversDomain(served.names, name));
  if (missing.length > 0) {
    problems.push({
      what: `clients see a certificate that does not cover ${missing.join(", ")}`,
      severity: "bad",
      next,
    });
  }
  if (source.kind === "acme" && served.reason === "DEPTH_ZERO_SELF_SIGNED_CERT") {
    problems.push({ what: "clients see a self-signed certificate, which browsers refuse", severity: "bad", next });
  }
  if (stored !== undefined && !isUnread(stored) && stored.fingerprint !== served.fingerprint) {
    problems.push({
      what: "clients see another certificate than the stored one",
      severity: "warning",
      next: source.kind === "acme" ? next : "lor-infra up",
    });
  }
  return problems;
}

/** A machine renews from 30 days on: with fewer than these left it has failed for two weeks. */
const lateDays = 14;

interface MachineCertificate {
  readonly machine: string;
  readonly domain: string;
  readonly served: ServedCertificate | Unread | undefined;
}

function problemsOfMachine({ machine, domain, served }: MachineCertificate, now: Date): readonly CertificateProblem[] {
  const next = `lor-infra logs ${machine} --since 2d`;
  if (served === undefined) return [];
  if (isUnread(served)) {
    return [{ what: `the certificate of ${domain} cannot be read: ${served.unread}`, severity: "warning", next }];
  }
  const days = daysUntil(served.notAfter, now);
  if (days >= lateDays) return [];
  const what =
    days < 0
      ? `the certificate of ${domain} has expired`
      : `${machine} does not renew the certificate of ${domain}: ${days} days left`;
  return [{ what, severity: days < 0 ? "bad" : "warning", next }];
}

/** A run that was interrupted between two certificates leaves both. */
function leftovers(
  source: CertificateSettings,
  keyManager: readonly { readonly inUse: boolean }[] | Unread,
): readonly CertificateProblem[] {
  if (isUnread(keyManager) || !keyManager.some(({ inUse }) => !inUse)) return [];
  const next = source.kind === "acme" ? "lor-infra certificate renew" : "lor-infra up";
  return [{ what: "the key manager has a certificate that the listener does not use", severity: "warning", next }];
}

function remedyOf({ kind }: CertificateSettings): string {
  return kind === "acme" ? "lor-infra certificate renew" : "renew the file, then lor-infra up";
}

/** @param address undefined: there is no such address yet */
async function probe(
  context: StackContext,
  address: string | undefined,
  name: string,
): Promise<ServedCertificate | Unread | undefined> {
  if (address === undefined) return undefined;
  return await orReason(async () => await probeTls(publicEndpoint(context, address, 443), name));
}

async function readSecrets(context: StackContext, use: ListenerCertificate) {
  const { secret, listener } = use.installed(planProfile(context.project, "normal"));
  const { keyManager } = context.clients;
  const used = await keyManager.usedBy(listener);
  const secrets = await keyManager.secrets(secret);
  return await Promise.all(
    secrets.map(async ({ ref, payload }) => ({
      ...(await describePkcs12(payload, { file: ref, variable: "key manager" })),
      ref,
      inUse: ref === used,
    })),
  );
}

function viewOf({ names, issuer, notAfter, fingerprint }: CertificateFacts, now: Date): CertificateView {
  return { names, issuer, notAfter: notAfter.toISOString(), daysLeft: daysUntil(notAfter, now), fingerprint };
}

function servedView(served: ServedCertificate | Unread | undefined, now: Date): ServedView | Unread | null {
  if (served === undefined) return null;
  return isUnread(served) ? served : { ...viewOf(served, now), trusted: served.trusted };
}

async function orReason<T>(read: () => Promise<T>): Promise<T | Unread> {
  try {
    return await read();
  } catch (error) {
    return { unread: messageOf(error) };
  }
}

function isUnread(value: unknown): value is Unread {
  return typeof value === "object" && value !== null && "unread" in value;
}

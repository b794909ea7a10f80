import { createAccountKey, thumbprintOf } from "../clouds/acme/authority.ts";
import type { CloudClients } from "../clouds/clients.ts";
import type { TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { systemClock } from "../os/host.ts";
import type { Project } from "../systems/load-project.ts";
import { planProfile } from "../systems/project-plan.ts";
import type { Emit } from "./action-event.ts";
import { accountKeyOf, type CertificateStore, type StoredCertificate, selfMade } from "./certificate-store.ts";
import { requireCertificate } from "./require-certificate.ts";
import type { StackContext } from "./stack-context.ts";

/** The certificate that a person, or the local cloud, has given for HTTPS. */
export interface GivenCertificate {
  /** @throws LorError `certificate-…` */
  read(): Promise<TlsCertificate>;
  /** Whether the local cloud generated it: nobody is told about it, and it is not judged. */
  readonly own: boolean;
}

interface CertificateOptions {
  readonly project: Project;
  readonly operation?: string;
  readonly emit?: Emit;
}

interface CertificatePlace {
  readonly clients: CloudClients;
  readonly certificate: GivenCertificate | undefined;
}

/** Operations that do not depend on a certificate which is about to be replaced. */
const withoutNewCertificate = ["destroy", "recover", "state restore", "import"];

/** Fingerprint of the account whose http-01 checks the members answer. The account's key is made before the account itself. */
export function thumbprintReader(
  { project, operation }: CertificateOptions,
  store: CertificateStore,
): () => Promise<string | undefined> {
  const source = project.system.certificate?.source(project.settings.normal);
  if (source?.kind !== "acme" || source.challenge !== "http-01") return async () => undefined;
  const { directory } = source;
  return async () => {
    const known = (await store.read()).accounts[directory];
    // A command that only reads stores nothing.
    const key = known ?? (operation === undefined ? createAccountKey() : await accountKeyOf(store, directory));
    return thumbprintOf(key);
  };
}

/** The certificate that an `up` would install, for reports. */
export function installedCertificate(
  { system, settings }: Project,
  given: GivenCertificate | undefined,
  store: CertificateStore,
): Pick<StackContext, "certificate"> {
  const use = system.certificate;
  if (use === undefined) return {};
  if (use.source(settings.normal).kind === "acme") return { certificate: () => readStored(store) };
  return given === undefined || given.own ? {} : { certificate: () => given.read() };
}

/** Certificate for the program. Validated when the operation installs it; empty for a system without one. */
export function certificateReader(
  options: CertificateOptions,
  place: CertificatePlace,
  store: CertificateStore,
): () => Promise<string> {
  const { system, settings } = options.project;
  const use = system.certificate;
  const { certificate: given } = place;
  if (use?.source(settings.normal).kind === "acme") return storedReader(options, place.clients, store);
  if (use === undefined || given === undefined) return async () => "";
  let judged = given.own || withoutNewCertificate.includes(options.operation ?? "");
  return async () => {
    const found = await given.read();
    if (!judged) {
      const emit = options.emit ?? (() => undefined);
      const domains = use.domains(settings.normal);
      requireCertificate(found, { domains, now: systemClock.now(), waivers: settings.normal.waivers, emit });
      judged = true;
    }
    return found.pkcs12;
  };
}

/**
 * The stored certificate, read at every run, because a renewal changes it. Before the first renewal it is the one that the listener has, or a
 * self-made one for a new listener.
 */
function storedReader(
  { project, operation, emit }: CertificateOptions,
  clients: CloudClients,
  store: CertificateStore,
): () => Promise<string> {
  const domains = project.system.certificate?.domains(project.settings.normal) ?? [];
  let made: StoredCertificate | undefined;
  let isReported = false;
  return async () => {
    const { current } = await store.read();
    const used =
      current ?? made ?? (await certificateInUse(project, clients)) ?? (await selfMade(domains, systemClock.now()));
    made = used;
    if (current === undefined && operation !== undefined) await store.change({ current: used });
    if (used.origin === "self-made" && !isReported && operation !== "certificate renew") {
      isReported = true;
      const message = `HTTPS shows a certificate that this program made and browsers refuse, until lor-infra certificate renew has obtained one for ${domains.join(", ")}`;
      emit?.({ kind: "warning", code: "certificate-self-made", message });
    }
    return used.pkcs12;
  };
}

/** A listener that has a certificate must not get a self-made one because the settings name an authority from now on. */
async function certificateInUse(
  project: Project,
  { keyManager }: CloudClients,
): Promise<StoredCertificate | undefined> {
  const place = project.system.certificate?.installed(planProfile(project, "normal"));
  const ref = place === undefined ? undefined : await keyManager.usedBy(place.listener);
  if (place === undefined || ref === undefined) return undefined;
  const found = (await keyManager.secrets(place.secret)).find((one) => one.ref === ref);
  if (found === undefined) return undefined;
  return { pkcs12: Buffer.from(found.payload).toString("base64"), origin: "given", installed: true };
}

/** @throws LorError `certificate-missing` */
async function readStored(store: CertificateStore): Promise<TlsCertificate> {
  const { current } = await store.read();
  if (current !== undefined) return await store.describe(current);
  throw new LorError({
    code: "certificate-missing",
    message: "no certificate was obtained yet",
    exit: ExitCode.usage,
    culprit: "user",
    path: "certificates",
    seen: store.where,
    next: "lor-infra certificate renew",
  });
}

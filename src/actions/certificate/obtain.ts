import { Authority, createCertificateKey, type OrderView } from "../../clouds/acme/authority.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { AcmeSettings } from "../../domain/certificates.ts";
import { accountKeyOf, type CertificateStore, type StoredOrder } from "../../stack/certificate-store.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { requireLock, type StackContext } from "../../stack/stack-context.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import { publishProofs, removeLeftProofs, waitForProofs } from "./prove-by-dns.ts";
import { waitForFronts } from "./prove-by-http.ts";

export interface ObtainArgs {
  readonly settings: AcmeSettings;
  /** Names of the certificate, the system's domain first. */
  readonly names: readonly string[];
  /** DNS zone of the names, for dns-01. */
  readonly zone: string | undefined;
  /** Public address of the load balancer, for http-01; undefined before it exists. */
  readonly address: string | undefined;
  readonly recorded: Pick<RecordedState, "fronts">;
}

/**
 * Obtains a certificate and stores it as the current one. Each step is stored before the next, so that a run after an interrupted one goes on with the
 * same order: an authority limits how many are issued.
 */
export async function obtainCertificate(
  context: StackContext,
  store: CertificateStore,
  args: ObtainArgs,
): Promise<void> {
  const { directory, email } = args.settings;
  const authority = new Authority({ directory, accountKey: await accountKeyOf(store, directory) });
  context.emit({ kind: "phase", phase: "ordering" });
  await authority.register(email);
  const order = await openOrder(context, store, authority, args);
  try {
    await prove(context, store, authority, { ...args, order });
    await authority.finalize(order.url, args.names, order.key);
    await waitForOrder(context, authority, order);
    const pkcs12 = await authority.download(order.url, order.key);
    await requireLock(context);
    await store.change({
      current: { pkcs12: pkcs12.toString("base64"), origin: "acme", installed: false },
      order: undefined,
    });
  } finally {
    await removeLeftProofs(context, store);
  }
}

/** The order of an interrupted run while it can still succeed, or a new one. */
async function openOrder(
  context: StackContext,
  store: CertificateStore,
  authority: Authority,
  { settings: { directory }, names }: ObtainArgs,
): Promise<StoredOrder> {
  const { order } = await store.read();
  if (order !== undefined && order.directory === directory && sameNames(order.names, names)) {
    const view = await authority.find(order.url);
    if (view !== undefined && view.status !== "invalid") return order;
  }
  await requireLock(context);
  const key = createCertificateKey();
  const { url } = await authority.order(names);
  const begun: StoredOrder = { directory, url, names, key };
  await store.change({ order: begun });
  return begun;
}

async function prove(
  context: StackContext,
  store: CertificateStore,
  authority: Authority,
  { settings: { challenge }, zone, address, recorded, order }: ObtainArgs & { readonly order: StoredOrder },
): Promise<void> {
  const proofs = await authority.proofs(order.url, challenge);
  if (proofs.length === 0) return;
  context.emit({ kind: "phase", phase: "proving" });
  if (challenge === "http-01") {
    if (address === undefined) throw notUp(context);
    await waitForFronts(context, { address, recorded, proofs });
  } else {
    if (zone === undefined) throw new Error("dns-01 without a zone: the rules of the settings refuse it");
    await publishProofs(context, store, { zone, proofs });
  }
  await authority.check(order.url, challenge);
  await waitForProofs(context, authority, order.url);
}

function notUp({ project: { stack } }: StackContext): LorError {
  return new LorError({
    code: "acme-fronts-not-ready",
    message: "http-01 needs fronts that answer, and the stack is not up",
    exit: ExitCode.failed,
    culprit: "user",
    path: "certificates.challenge",
    seen: `http-01, and nothing is up in ${stack}`,
    accepted: "a stack that is up; dns-01 needs none",
    next: "lor-infra up, then lor-infra certificate renew",
  });
}

async function waitForOrder(context: StackContext, authority: Authority, { url }: StoredOrder): Promise<void> {
  const { seen, good } = await waitUntil<OrderView | undefined>(context, {
    limit: context.timings.gateLimit,
    look: () => authority.find(url),
    good: (order) => order?.status === "valid" || order?.status === "invalid",
  });
  if (seen?.status === "valid") return;
  throw new LorError({
    code: good ? "acme-refused" : "acme-too-slow",
    message: good
      ? "the certificate authority refuses the order"
      : "the certificate authority has not issued the certificate in time",
    exit: ExitCode.failed,
    culprit: "cloud",
    seen: `the order is ${seen?.status ?? "unknown to the authority"}`,
    accepted: "valid",
    next: "lor-infra certificate renew",
  });
}

function sameNames(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name) => other.includes(name));
}

import { Resolver } from "node:dns/promises";
import type { Authority, Proof } from "../../clouds/acme/authority.ts";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import { challengeRecord } from "../../domain/certificates.ts";
import type { CertificateStore, StoredProof } from "../../stack/certificate-store.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { waitUntil } from "../../stack/wait-until.ts";

/** Seconds. The least that a zone accepts; it matters to a resolver that asks twice. */
const ttl = 60;

/** Publishes the TXT records of proofs and waits until every authoritative name server answers with them. */
export async function publishProofs(
  context: StackContext,
  store: CertificateStore,
  { zone, proofs }: { readonly zone: string; readonly proofs: readonly Proof[] },
): Promise<void> {
  const { zones } = context.clients;
  const wanted = proofs.map(({ name, value }): StoredProof => {
    // The rules of the settings have refused names outside the zone.
    return { zone, subDomain: challengeRecord(name, zone) ?? "", value };
  });
  const isWanted = (one: StoredProof) => wanted.some((other) => isSame(one, other));
  const left = (await store.read()).proofs.filter((one) => !isWanted(one));
  await removeProofs(context, store, left);
  await store.change({ proofs: wanted });
  for (const { subDomain, value } of wanted) {
    const known = await zones.records(zone, { subDomain, fieldType: "TXT" });
    if (known.some(({ target }) => target === value)) continue;
    await zones.create(zone, { subDomain, fieldType: "TXT", target: value, ttl });
  }
  await zones.publish(zone);
  const servers = await zones.nameServers(zone);
  const { seen, good } = await waitUntil(context, {
    limit: context.timings.gateLimit,
    look: () => missingProofs(servers, wanted),
    good: (missing) => missing.length === 0,
  });
  if (good) return;
  throw new LorError({
    code: "dns-not-propagated",
    message: `the name servers of ${zone} do not answer with the record that proves the name`,
    exit: ExitCode.failed,
    culprit: "cloud",
    path: "dns.zone",
    seen: seen.join("; "),
    accepted: `a TXT record from every name server (${servers.join(", ")}), and port 53 open from this machine`,
    next: "lor-infra certificate renew: it goes on with the same order",
  });
}

/** Removes the TXT records of an order, also those that a killed run left. */
async function removeProofs(
  context: StackContext,
  store: CertificateStore,
  proofs: readonly StoredProof[],
): Promise<void> {
  if (proofs.length === 0) return;
  const { zones } = context.clients;
  for (const { zone, subDomain, value } of proofs) {
    const records = await zones.records(zone, { subDomain, fieldType: "TXT" });
    for (const { id } of records.filter(({ target }) => target === value)) await zones.remove(zone, id);
  }
  // Without it the name servers keep answering with what was removed.
  for (const zone of new Set(proofs.map((one) => one.zone))) await zones.publish(zone);
  const { proofs: all } = await store.read();
  await store.change({ proofs: all.filter((one) => !proofs.some((other) => isSame(one, other))) });
}

/** The same at the end of an order: a certificate that was obtained is not lost because its records cannot be removed. */
export async function removeLeftProofs(context: StackContext, store: CertificateStore): Promise<void> {
  try {
    await removeProofs(context, store, (await store.read()).proofs);
  } catch (error) {
    const message = `TXT records of the order could not be removed (${messageOf(error)}); the next lor-infra certificate renew removes them`;
    context.emit({ kind: "warning", code: "acme-records-left", message });
  }
}

/** Records that a name server does not answer with yet, in words. */
async function missingProofs(servers: readonly string[], wanted: readonly StoredProof[]): Promise<readonly string[]> {
  const missing: string[] = [];
  for (const server of servers) {
    for (const { zone, subDomain, value } of wanted) {
      const resolver = new Resolver({ timeout: 3_000, tries: 1 });
      resolver.setServers([server]);
      const name = `${subDomain}.${zone}`;
      try {
        const texts = (await resolver.resolveTxt(name)).map((parts) => parts.join(""));
        if (!texts.includes(value)) missing.push(`${server} has another ${name}`);
      } catch (error) {
        const { code } = error as { readonly code?: unknown };
        const absent = code === "ENOTFOUND" || code === "ENODATA";
        missing.push(absent ? `${server} has no ${name}` : `${server} does not answer (${String(code)})`);
      }
    }
  }
  return missing;
}

function isSame(one: StoredProof, other: StoredProof): boolean {
  return one.zone === other.zone && one.subDomain === other.subDomain && one.value === other.value;
}

/** Waits until the authority has judged every proof of an order. @throws the reason of a refused one */
export async function waitForProofs(context: StackContext, authority: Authority, order: string): Promise<void> {
  const { seen, good } = await waitUntil(context, {
    limit: context.timings.gateLimit,
    look: () => authority.proofStates(order),
    good: (states) =>
      states.every(({ status }) => status !== "pending") || states.some(({ status }) => status === "invalid"),
  });
  const refused = seen.find(({ status }) => status === "invalid");
  if (refused?.reason !== undefined) throw refused.reason;
  if (good) return;
  throw new LorError({
    code: "acme-too-slow",
    message: `the certificate authority has not judged ${seen
      .filter(({ status }) => status === "pending")
      .map(({ name }) => name)
      .join(", ")} in ${context.timings.gateLimit / 1000} s`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "lor-infra certificate renew: it goes on with the same order",
  });
}

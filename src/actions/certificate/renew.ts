import { type AcmeSettings, coversDomain, daysUntil, isDue } from "../../domain/certificates.ts";
import type { StoredCertificate } from "../../stack/certificate-store.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import { journaled } from "../../stack/run-journal.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { planProfile } from "../../systems/project-plan.ts";
import { installCertificate } from "./install.ts";
import { obtainCertificate } from "./obtain.ts";
import { removeLeftProofs } from "./prove-by-dns.ts";
import { requireAcme } from "./require-acme.ts";

export interface RenewInput {
  /** Obtain a new one although the current one is good. */
  readonly force: boolean;
}

export interface RenewResult {
  /** Whether a certificate was obtained now. */
  readonly obtained: boolean;
  /** `later`: the stack has no listener yet, and `up` installs it. */
  readonly installed: "now" | "already" | "later";
  readonly names: readonly string[];
  readonly issuer: string;
  /** ISO 8601. */
  readonly notAfter: string;
  readonly daysLeft: number;
  /** Why a new one was obtained; undefined when none was. */
  readonly because: string | undefined;
}

/**
 * Renews the load balancer's certificate where that is due, and installs it. The same command again goes on after an interrupted run.
 * @throws LorError `acme-…`, `dns-not-propagated`
 */
export async function renewCertificate(context: StackContext, { force }: RenewInput): Promise<RenewResult> {
  const acme = requireAcme(context.project);
  const { certificates: store } = context;
  const recorded = await recoverStack(context);
  const before = await store.read();
  const because = await reasonToRenew(context, before.current, acme.names, acme.settings, force);
  const work = async () => {
    if (because === undefined) await removeLeftProofs(context, store);
    else
      await obtainCertificate(context, store, { ...acme, recorded, address: acme.use.publicAddress(recorded.outputs) });
    const plan = planProfile(context.project, "normal");
    return await installCertificate(context, recorded, acme.use.installed(plan).resources);
  };
  const isIdle = because === undefined && before.current?.installed === true && before.proofs.length === 0;
  const changed = isIdle
    ? await work()
    : await journaled(context, { operation: "certificate renew", what: acme.names[0] ?? "" }, work);
  const { current } = await store.read();
  if (current === undefined) throw new Error("there is no certificate after its renewal");
  const exists = recorded.resources.length > 0;
  if (exists && !current.installed) await store.change({ current: { ...current, installed: true } });
  const facts = await store.describe(current);
  return {
    obtained: because !== undefined,
    installed: changed ? "now" : exists ? "already" : "later",
    names: facts.names,
    issuer: facts.issuer,
    notAfter: facts.notAfter.toISOString(),
    daysLeft: daysUntil(facts.notAfter, context.clock.now()),
    because,
  };
}

async function reasonToRenew(
  context: StackContext,
  current: StoredCertificate | undefined,
  names: readonly string[],
  settings: AcmeSettings,
  force: boolean,
): Promise<string | undefined> {
  if (current === undefined) return "there is none yet";
  if (current.origin === "self-made") return "the present one was made by this program";
  if (current.origin === "given") return "the present one was given as a file";
  const facts = await context.certificates.describe(current);
  const missing = names.filter((name) => !coversDomain(facts.names, name));
  if (missing.length > 0) return `the present one does not cover ${missing.join(", ")}`;
  const now = context.clock.now();
  if (isDue(facts, settings.renewBefore, now)) return `${daysUntil(facts.notAfter, now)} days are left`;
  // An interrupted forced renewal has obtained one that is not installed yet.
  return force && current.installed ? "it was asked for" : undefined;
}

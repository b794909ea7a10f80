import type { ZoneRecord } from "../clouds/clients.ts";
import { CloudCallError } from "../clouds/http/call.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import type { SystemPlan, WantedRecord } from "../systems/contract.ts";
import type { StackContext } from "./stack-context.ts";

/** Types of which one name has one record here: a second one would send half of the clients elsewhere. */
const single: ReadonlySet<string> = new Set(["A", "AAAA", "CNAME"]);

/**
 * Refuses DNS records that somebody else has made already, before anything changes: the provider would add another one beside it.
 * @param created Pulumi names of the records that are about to be created
 * @throws LorError `dns-record-exists`, `dns-zone-missing`
 */
export async function requireFreeRecords(
  context: StackContext,
  plan: SystemPlan,
  created: ReadonlySet<string>,
): Promise<void> {
  const wanted = context.project.system.dns?.(plan, { outputs: {} }) ?? [];
  for (const record of wanted.filter(({ name, managed }) => managed && created.has(name))) {
    const [other] = await recordsInTheWay(context, record);
    if (other === undefined) continue;
    const what = `${record.host} ${other.fieldType} ${other.target}`;
    throw new LorError({
      code: "dns-record-exists",
      message: `the zone ${record.zone} has the record ${what} already, and it is not this stack's`,
      exit: ExitCode.refused,
      culprit: "user",
      path: "dns.manage",
      seen: what,
      accepted: `no ${record.type} record of ${record.host}`,
      next: "delete it in the cloud's console when the name may lead here, then the same command again; until then dns.manage: false, and lor-infra dns",
    });
  }
}

async function recordsInTheWay(
  { clients: { zones } }: StackContext,
  { zone = "", subDomain = "", type, value }: WantedRecord,
): Promise<readonly ZoneRecord[]> {
  try {
    if (!single.has(type)) {
      const same = await zones.records(zone, { subDomain, fieldType: type });
      return same.filter(({ target }) => target === value);
    }
    // A CNAME of the name excludes every address, and the other way round.
    const found: ZoneRecord[] = [];
    for (const fieldType of type === "CNAME" ? ["CNAME", "A", "AAAA"] : [type, "CNAME"]) {
      found.push(...(await zones.records(zone, { subDomain, fieldType })));
    }
    return found;
  } catch (error) {
    if (!(error instanceof CloudCallError) || error.status !== 404) throw error;
    throw new LorError({
      code: "dns-zone-missing",
      message: `the account has no DNS zone ${zone}, or the API key may not read it`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "dns.zone",
      seen: zone,
      accepted: "a zone of the account, and a key with the rights GET, POST, PUT, DELETE on /domain/zone/*",
      next: "correct dns.zone, or dns.manage: false",
      cause: error,
    });
  }
}

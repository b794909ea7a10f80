import { Resolver } from "node:dns/promises";
import { readRecorded } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import type { WantedRecord } from "../../systems/contract.ts";
import { planFleet, planProfile } from "../../systems/project-plan.ts";

export interface DnsEntry extends WantedRecord {
  /** Values that the DNS answers now; a text: why it cannot be asked. */
  readonly answers: readonly string[] | string;
  /** Undefined: it is not known. */
  readonly right: boolean | undefined;
}

/** DNS records that lead to the system, with what the DNS answers now. */
export async function dnsReport(context: StackContext): Promise<readonly DnsEntry[]> {
  const { project } = context;
  const recorded = await readRecorded(context);
  const plan =
    recorded.fleet === undefined
      ? planProfile(project, "normal")
      : planFleet(project, recorded.fleet, recorded.profile);
  const wanted = project.system.dns?.(plan, recorded) ?? [];
  const entries: DnsEntry[] = [];
  for (const record of wanted) {
    const answers = await ask(context, record);
    const isKnown = record.value !== undefined && typeof answers !== "string";
    entries.push({ ...record, answers, right: isKnown ? isRight(record, answers) : undefined });
  }
  return entries;
}

/** Answer of the resolver of this machine; on the local cloud of its own name servers. */
async function ask(context: StackContext, { host, zone, type }: WantedRecord): Promise<readonly string[] | string> {
  const resolver = new Resolver({ timeout: 5_000, tries: 2 });
  try {
    if (context.cloud === "local") {
      if (zone === undefined) return "the local cloud has its own zones only";
      resolver.setServers([...(await context.clients.zones.nameServers(zone))]);
    }
    return (await lookUp(resolver, host, type)).toSorted();
  } catch (error) {
    const { code } = error as { readonly code?: unknown };
    if (code === "ENOTFOUND" || code === "ENODATA") return [];
    return `cannot be asked (${typeof code === "string" ? code : String(error)})`;
  }
}

async function lookUp(resolver: Resolver, host: string, type: string): Promise<readonly string[]> {
  switch (type) {
    case "A":
      return await resolver.resolve4(host);
    case "AAAA":
      return await resolver.resolve6(host);
    case "CNAME":
      return await resolver.resolveCname(host);
    case "MX":
      return (await resolver.resolveMx(host)).map(({ priority, exchange }) => `${priority} ${exchange}`);
    case "SRV":
      return (await resolver.resolveSrv(host)).map((one) => `${one.priority} ${one.weight} ${one.port} ${one.name}`);
    case "CAA":
      return (await resolver.resolveCaa(host)).map((one) => JSON.stringify(one));
    default:
      return (await resolver.resolveTxt(host)).map((parts) => parts.join(""));
  }
}

/** An address must be the only one; of other types further values are allowed. CAA comes in another form, and is not compared. */
function isRight({ type, value = "" }: WantedRecord, answers: readonly string[]): boolean | undefined {
  if (type === "CAA") return answers.length > 0 ? undefined : false;
  const wanted = type === "TXT" ? value : withoutDot(value);
  const given = answers.map((answer) => (type === "TXT" ? answer : withoutDot(answer)));
  return given.includes(wanted) && (!["A", "AAAA", "CNAME"].includes(type) || given.length === 1);
}

function withoutDot(name: string): string {
  return name.replace(/\.$/, "").toLowerCase();
}

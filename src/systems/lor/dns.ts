import { nameBelow } from "../../domain/dns.ts";
import type { RecordedResources, WantedRecord } from "../contract.ts";
import type { DnsPlan, DnsRecordPlan, LorPlan } from "./plan-model.ts";
import type { LorSettings } from "./settings.ts";

type DnsSettings = Pick<LorSettings, "prestashop" | "odoo" | "certificates" | "dns">;

/** Records that lead to the shop and the ERP, and those of the settings. */
export function planDns({ prestashop, odoo, certificates, dns }: DnsSettings): DnsPlan {
  const { zone, manage } = dns;
  const ofShop = [prestashop.domain, ...(certificates.kind === "acme" ? certificates.names : [])];
  const hosts = [...new Set(ofShop)].filter((host) => !host.startsWith("*."));
  const addresses = [
    ...hosts.map((host) => ({ host, addressOf: "loadBalancer" as const })),
    { host: odoo.domain, addressOf: "odoo" as const },
  ].map(({ host, addressOf }) => ({
    host,
    subDomain: zone === undefined ? undefined : nameBelow(zone, host),
    type: "A",
    target: { addressOf },
  }));
  const further =
    zone === undefined
      ? []
      : dns.records.map(({ name, type, value }) => {
          const subDomain = name === "@" ? "" : name;
          return { host: subDomain === "" ? zone : `${subDomain}.${zone}`, subDomain, type, target: { value } };
        });
  return { zone, manage, records: withNames([...addresses, ...further]) };
}

/** Gives each record a Pulumi name that depends on its own name and type, and on equals before it. */
function withNames(records: readonly Omit<DnsRecordPlan, "name">[]): readonly DnsRecordPlan[] {
  const seen = new Map<string, number>();
  return records.map((record) => {
    const label = (record.subDomain ?? record.host).replaceAll(".", "-").replaceAll("*", "any").replaceAll("_", "");
    const key = `dns-${label === "" ? "zone" : label}-${record.type.toLowerCase()}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { ...record, name: count === 1 ? key : `${key}-${count}` };
  });
}

/** Records that the program creates. */
export function managedRecords({
  dns,
}: Pick<LorPlan, "dns">): readonly (DnsRecordPlan & { readonly subDomain: string })[] {
  if (!dns.manage) return [];
  return dns.records.flatMap(({ subDomain, ...one }) => (subDomain === undefined ? [] : [{ ...one, subDomain }]));
}

/** All records of a Plan, with the addresses that the stack has. */
export function wantedRecords(plan: LorPlan, { outputs }: Pick<RecordedResources, "outputs">): readonly WantedRecord[] {
  const managed = new Set(managedRecords(plan).map(({ name }) => name));
  return plan.dns.records.map(({ name, host, subDomain, type, target }) => ({
    name,
    host,
    zone: subDomain === undefined ? undefined : plan.dns.zone,
    subDomain,
    type,
    value: "value" in target ? target.value : publicAddress(outputs, target.addressOf),
    managed: managed.has(name),
  }));
}

/** Public address of a part, from the stack's outputs; undefined before it exists. */
export function publicAddress(
  outputs: RecordedResources["outputs"],
  part: "loadBalancer" | "odoo" | "bastion",
): string | undefined {
  const { [part]: found } = (outputs.addresses ?? {}) as Partial<Record<string, { readonly public?: unknown }>>;
  return typeof found?.public === "string" ? found.public : undefined;
}

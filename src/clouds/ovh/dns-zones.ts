import { resolve4 } from "node:dns/promises";
import { plainText } from "../../domain/dns-text.ts";
import type { DnsZones, NewZoneRecord, ZoneRecord } from "../clients.ts";
import { number, object, text } from "../http/json-answer.ts";
import type { OvhApi } from "./ovh-api.ts";

/** OVHcloud's DNS zones. Source: API v1, /domain/zone. */
export class OvhDnsZones implements DnsZones {
  readonly #ovh: OvhApi;
  readonly #nameServers: readonly string[] | undefined;

  /** @param nameServers `address:port` of the name servers. Default: those of the zone, at port 53 */
  constructor(ovh: OvhApi, nameServers?: readonly string[]) {
    this.#ovh = ovh;
    this.#nameServers = nameServers;
  }

  async nameServers(zone: string): Promise<readonly string[]> {
    if (this.#nameServers !== undefined) return this.#nameServers;
    const { nameServers } = object(await this.#ovh.get(zonePath(zone)));
    const addresses = await Promise.all(
      (Array.isArray(nameServers) ? nameServers : []).map((host) => resolve4(text(host))),
    );
    return addresses.flat();
  }

  async records(zone: string, { subDomain, fieldType }: Omit<NewZoneRecord, "target">): Promise<readonly ZoneRecord[]> {
    const query = new URLSearchParams({ fieldType, subDomain });
    const ids = await this.#ovh.get(`${zonePath(zone)}/record?${query}`);
    const found: ZoneRecord[] = [];
    for (const id of Array.isArray(ids) ? ids : []) {
      const record = object(await this.#ovh.get(`${zonePath(zone)}/record/${text(id)}`));
      found.push({
        id: text(id),
        subDomain: text(record.subDomain),
        fieldType: text(record.fieldType),
        target: plainText(text(record.target)),
        ttl: number(record.ttl) ?? 0,
      });
    }
    // An empty name asks for every record.
    return found.filter((record) => record.subDomain === subDomain);
  }

  async create(zone: string, record: NewZoneRecord & { readonly ttl: number }): Promise<void> {
    // A call that is repeated because its answer was lost adds the record twice; they are found and removed together.
    await this.#ovh.post(`${zonePath(zone)}/record`, { ...record });
  }

  async remove(zone: string, id: string): Promise<void> {
    await this.#ovh.delete(`${zonePath(zone)}/record/${encodeURIComponent(id)}`);
  }

  async publish(zone: string): Promise<void> {
    await this.#ovh.post(`${zonePath(zone)}/refresh`, {});
  }
}

function zonePath(zone: string): string {
  return `/domain/zone/${encodeURIComponent(zone)}`;
}

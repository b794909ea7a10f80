import { jsonObject, type Route } from "../../http/route.ts";
import { given, numberIn, textIn } from "../body-values.ts";
import { get, post, put, remove } from "../ovh-route.ts";
import type { ZoneRecordView } from "./types.ts";

const zone = "/1.0/domain/zone/:zone";

/** OVHcloud API v1: DNS zones and their records. */
export const zoneRoutes: readonly Route[] = [
  get(zone, ({ cloud, params }) => {
    cloud.ovhZones.requireZone(params.zone ?? "");
    return {
      name: params.zone,
      nameServers: ["dns.local", "ns.local"],
      hasDnsAnycast: false,
      dnssecSupported: true,
      lastUpdate: cloud.ovhZones.publishedAt(params.zone ?? ""),
      iam: { id: params.zone, urn: `urn:v1:eu:resource:dnsZone:${params.zone}` },
    };
  }),
  // Clients for ACME look there before they add a record.
  get(`${zone}/status`, ({ cloud, params }) => {
    cloud.ovhZones.requireZone(params.zone ?? "");
    return { isDeployed: true, errors: [], warnings: [] };
  }),
  get(`${zone}/soa`, ({ cloud, params }) => ({
    server: "dns.local.",
    email: "tech.local.",
    serial: 1,
    refresh: 86_400,
    expire: 3_600_000,
    nxDomainTtl: 300,
    ttl: cloud.ovhZones.defaultTtl(params.zone ?? ""),
  })),
  put(`${zone}/soa`, ({ cloud, params, body }) => {
    const ttl = numberIn(body, "ttl");
    if (ttl !== undefined) cloud.ovhZones.setDefaultTtl(params.zone ?? "", ttl);
  }),
  get(`${zone}/record`, ({ cloud, params, query }) =>
    cloud.ovhZones
      .list(params.zone ?? "", { fieldType: query.fieldType, subDomain: query.subDomain })
      .map(({ id }) => id),
  ),
  get(`${zone}/record/:id`, ({ cloud, params }) => cloud.ovhZones.get(params.zone ?? "", Number(params.id))),
  post(`${zone}/record`, ({ cloud, params, body }) =>
    cloud.ovhZones.create({ zone: params.zone ?? "", ...recordOf(jsonObject(body)) }),
  ),
  put(`${zone}/record/:id`, ({ cloud, params, body }) => {
    const changes = {
      subDomain: textIn(body, "subDomain"),
      target: textIn(body, "target"),
      ttl: numberIn(body, "ttl"),
    };
    cloud.ovhZones.update(
      params.zone ?? "",
      Number(params.id),
      Object.fromEntries(Object.entries(changes).filter(([name]) => given(body, name) !== undefined)),
    );
  }),
  remove(`${zone}/record/:id`, ({ cloud, params }) => cloud.ovhZones.remove(params.zone ?? "", Number(params.id))),
  post(`${zone}/refresh`, ({ cloud, params }) => {
    cloud.ovhZones.refresh(params.zone ?? "");
    return null;
  }),
];

function recordOf(body: Readonly<Record<string, unknown>>): Omit<ZoneRecordView, "id" | "zone"> {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    subDomain: text(body.subDomain),
    fieldType: text(body.fieldType),
    target: text(body.target),
    ttl: typeof body.ttl === "number" ? body.ttl : 0,
  };
}

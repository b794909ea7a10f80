import { jsonObject, type Route } from "../../http/route.ts";
import { get, post, remove } from "../ovh-route.ts";
import type { ZoneRecordView } from "./types.ts";

const zone = "/1.0/domain/zone/:zone";

/** OVHcloud API v1: DNS zones and their records. */
export const zoneRoutes: readonly Route[] = [
  get(zone, ({ cloud, params }) => {
    cloud.ovhZones.requireZone(params.zone ?? "");
    return { name: params.zone, nameServers: ["dns.local", "ns.local"], hasDnsAnycast: false, dnssecSupported: true };
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

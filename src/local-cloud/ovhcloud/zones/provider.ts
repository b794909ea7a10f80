import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, numberOf, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";

/** ovh:Domain/zoneRecord:ZoneRecord; imported by `id.zone`. Each change is published at once. */
export class ZoneRecordAdapter implements ResourceAdapter {
  readonly service = "ovh-zones";
  readonly inputs = ["zone", "subdomain", "fieldtype", "target", "ttl"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const zone = needText(inputs, "zone");
    const { id } = this.#cloud.ovhZones.create({
      zone,
      subDomain: textOf(inputs, "subdomain") ?? "",
      fieldType: needText(inputs, "fieldtype"),
      target: needText(inputs, "target"),
      ttl: numberOf(inputs, "ttl") ?? 0,
    });
    await call.accepted(String(id));
    this.#cloud.ovhZones.refresh(zone);
    return this.#observe(zone, id);
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0) return this.#observe(needText(known, "zone"), Number(id));
    const [number, ...zone] = id.split(".");
    if (zone.length === 0) throw new Error("Import Id is not OVH_ID.zone formatted");
    return this.#observe(zone.join("."), Number(number));
  }

  async update(id: string, wanted: Values, _known: Values, call: CallContext): Promise<Observed> {
    const zone = needText(wanted, "zone");
    this.#cloud.ovhZones.update(zone, Number(id), {
      subDomain: textOf(wanted, "subdomain") ?? "",
      target: needText(wanted, "target"),
      ttl: numberOf(wanted, "ttl") ?? 0,
    });
    await call.accepted(id);
    this.#cloud.ovhZones.refresh(zone);
    return this.#observe(zone, Number(id));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const zone = needText(known, "zone");
    this.#cloud.ovhZones.remove(zone, Number(id));
    await call.accepted(id);
    this.#cloud.ovhZones.refresh(zone);
  }

  #observe(zone: string, id: number): Observed {
    const { subDomain, fieldType, target, ttl } = this.#cloud.ovhZones.get(zone, id);
    return { id: String(id), state: { zone, subdomain: subDomain, fieldtype: fieldType, target, ttl } };
  }
}

import * as ovh from "@ovhcloud/pulumi-ovh";
import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import { keptText } from "../../src/domain/dns-text.ts";
import { Component } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";

export interface DnsRecord {
  /** Pulumi name, such as `dns-www-a`. */
  readonly name: string;
  /** Name below the zone; empty for the zone itself. */
  readonly subDomain: string;
  /** Such as `A`. */
  readonly type: string;
  readonly target: Input<string>;
}

/** Adjustments of the resources that a `DnsRecords` creates. */
export interface DnsRecordsTransforms {
  readonly record?: Transform<ovh.domain.ZoneRecordArgs>;
}

export interface DnsRecordsArgs {
  /** DNS zone of the account, such as `lor.example`. */
  readonly zone: string;
  readonly records: readonly DnsRecord[];
  readonly transform?: DnsRecordsTransforms;
}

/** Resources that a `DnsRecords` creates. */
export interface DnsRecordsNodes {
  /** By Pulumi name. */
  readonly records: ReadonlyMap<string, ovh.domain.ZoneRecord>;
}

/**
 * Records of a DNS zone. The time to live is the zone's own: OVHcloud keeps it as 0, and a number equal to it would show as a difference at every run.
 * Source: ovh/terraform-provider-ovh issue 666. A record is added beside what is there, never over it (issues 251, 292).
 *
 * @example
 * ```ts
 * import { DnsRecords, type LoadBalancer } from "lor-infra/components";
 *
 * export const createRecords = (loadBalancer: LoadBalancer) =>
 *   new DnsRecords("dns", {
 *     zone: "lor.example",
 *     records: [{ name: "dns-www-a", subDomain: "www", type: "A", target: loadBalancer.publicAddress }],
 *   });
 * ```
 */
export class DnsRecords extends Component {
  readonly #nodes: DnsRecordsNodes;

  constructor(name: string, args: DnsRecordsArgs, options?: ComponentResourceOptions) {
    super("ovh", "DnsRecords", name, options);
    const records = new Map(args.records.map((record) => [record.name, this.#createRecord(args, record)]));
    this.#nodes = { records };
    this.registerOutputs({ zone: args.zone, records: args.records.map((record) => record.name) });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): DnsRecordsNodes {
    return this.#nodes;
  }

  #createRecord({ zone, transform }: DnsRecordsArgs, record: DnsRecord): ovh.domain.ZoneRecord {
    return new ovh.domain.ZoneRecord(
      ...this.child(
        record.name,
        { zone, subdomain: record.subDomain, fieldtype: record.type, target: targetOf(record) },
        transform?.record,
      ),
    );
  }
}

/** A long text in the form that OVHcloud keeps: its provider would see a difference at every run (ovh/terraform-provider-ovh issue 1225). */
function targetOf({ type, target }: DnsRecord): Input<string> {
  return type === "TXT" && typeof target === "string" ? keptText(target) : target;
}

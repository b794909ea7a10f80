import type { CloudContext } from "../../kernel/context.ts";
import { FloatingIps } from "./floating-ips.ts";
import { Networks } from "./networks.ts";
import { NeutronRecords } from "./neutron-records.ts";
import { Ports } from "./ports.ts";
import { Routers } from "./routers.ts";
import { SecurityGroups } from "./security-groups.ts";
import { Subnets } from "./subnets.ts";

/** OpenStack's network service; see BEHAVIOUR.md. */
export class Neutron {
  readonly records: NeutronRecords;
  readonly networks: Networks;
  readonly subnets: Subnets;
  readonly ports: Ports;
  readonly routers: Routers;
  readonly floatingIps: FloatingIps;
  readonly securityGroups: SecurityGroups;

  /** @param inVrack whether the project is in a vRack: networks of type vrack need it. */
  constructor(context: CloudContext, inVrack: () => boolean) {
    this.records = new NeutronRecords(context);
    this.networks = new Networks(this.records, inVrack);
    this.subnets = new Subnets(this.records);
    this.ports = new Ports(this.records);
    this.routers = new Routers(this.records, this.ports);
    this.floatingIps = new FloatingIps(this.records, this.routers);
    this.securityGroups = new SecurityGroups(this.records);
  }
}

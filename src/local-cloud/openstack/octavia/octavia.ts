import type { FrontHealthOf } from "../../guests/front-health/types.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { Secrets } from "../barbican/secrets.ts";
import type { Neutron } from "../neutron/neutron.ts";
import { LoadBalancerFlavors } from "./flavors.ts";
import { Listeners } from "./listeners.ts";
import { LoadBalancers } from "./load-balancers.ts";
import { Members } from "./members.ts";
import { Monitors } from "./monitors.ts";
import { OctaviaRecords } from "./octavia-records.ts";
import { OperatingStatuses } from "./operating-status.ts";
import { Pools } from "./pools.ts";

/** OpenStack's load balancer service; see BEHAVIOUR.md. */
export class Octavia {
  readonly records: OctaviaRecords;
  readonly loadBalancers: LoadBalancers;
  readonly listeners: Listeners;
  readonly pools: Pools;
  readonly members: Members;
  readonly monitors: Monitors;
  readonly flavors: LoadBalancerFlavors;

  constructor(context: CloudContext, neutron: Neutron, secrets: Secrets, health: FrontHealthOf) {
    this.records = new OctaviaRecords(context, neutron.ports);
    const statuses = new OperatingStatuses(this.records, health);
    this.flavors = new LoadBalancerFlavors(context);
    this.loadBalancers = new LoadBalancers(this.records, neutron, this.flavors, statuses);
    this.listeners = new Listeners(this.records, secrets);
    this.pools = new Pools(this.records, statuses);
    this.members = new Members(this.records, neutron, statuses);
    this.monitors = new Monitors(this.records);
  }
}

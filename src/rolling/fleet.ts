/**
 * What the switch changes: the load balancer's size and the fronts with their sizes. A profile is a named fleet; every state
 * between two profiles is a fleet too ("ps-0 large, ps-1 still small"), so one Plan function serves them all.
 */
export interface Fleet {
  /** Bandwidth of the load balancer, Mbit/s: 200, 500, 2000 or 4000. */
  readonly loadBalancerBandwidth: number;
  /** In the order of their index; at least one. */
  readonly fronts: readonly FleetFront[];
}

export interface FleetFront {
  /** `ps-0`, `ps-1`, …: Pulumi name and position in `prestashop.addresses`. */
  readonly name: string;
  /** Size as the customer names it, such as `b2-7`. */
  readonly size: string;
}

/** Name of the front at a position of `prestashop.addresses`. */
export function frontName(index: number): string {
  return `ps-${index}`;
}

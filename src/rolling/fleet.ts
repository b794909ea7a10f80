/**
 * The parts that a switch changes: the load balancer's size and the members behind it. A profile is a named fleet; every state between two profiles
 * is a fleet too ("ps-0 large, ps-1 still small"), so one Plan function serves them all.
 */
export interface Fleet {
  /** Bandwidth of the load balancer, Mbit/s: 200, 500, 2000 or 4000. */
  readonly loadBalancerBandwidth: number;
  /** In the order of their names; at least one. */
  readonly fronts: readonly Member[];
}

/** One machine of a fleet. */
export interface Member {
  /** Pulumi name, such as `ps-0`. */
  readonly name: string;
  /** Size as the customer names it, such as `b2-7`. */
  readonly size: string;
}

const collator = new Intl.Collator("en", { numeric: true });

/** Orders members by name, numbers by their value: `ps-2` comes before `ps-10`. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return collator.compare(a.name, b.name);
}

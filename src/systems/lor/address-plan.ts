import type { Cidr, IpAddress } from "../../core/cidr.ts";
import type { BasePart, Part } from "./plan-model.ts";

/** Parts of every stack, in the order of the address plan. */
export const parts: readonly BasePart[] = Object.freeze(["loadBalancer", "prestashop", "mysql", "odoo", "postgresql"]);

/** Names of the parts in cloud names and Pulumi names. */
export const partNames: Readonly<Record<Part, string>> = Object.freeze({
  loadBalancer: "lb",
  prestashop: "prestashop",
  mysql: "mysql",
  odoo: "odoo",
  postgresql: "postgresql",
  access: "access",
});

/** Longest prefix of a subnet: it must hold the fixed addresses, the pool .100-.250 and the gateway .254. */
export const longestSubnetPrefix = 24;

/** Ranges inside a subnet; fixed addresses are outside of them. */
export interface ReservedAddresses {
  readonly gateway: IpAddress;
  /** Addresses assigned by the cloud: DHCP, load balancer, databases. */
  readonly poolStart: IpAddress;
  readonly poolEnd: IpAddress;
}

/** Gateway `.254` and pool `.100` to `.250`, counted from the first address. */
export function reservedAddresses(subnet: Cidr): ReservedAddresses {
  return { gateway: subnet.at(254), poolStart: subnet.at(100), poolEnd: subnet.at(250) };
}

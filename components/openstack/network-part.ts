import type * as openstack from "@pulumi/openstack";

/** One subnet of the address plan, for the components that place something in it. */
export interface NetworkPart {
  readonly cidr: string;
  readonly network: openstack.networking.Network;
  readonly subnet: openstack.networking.Subnet;
  /** Resources that must be reached from another subnet or from outside depend on it. */
  readonly routerInterface: openstack.networking.RouterInterface;
}

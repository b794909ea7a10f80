export interface NetworkView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly adminStateUp: boolean;
  readonly portSecurityEnabled: boolean;
  readonly external: boolean;
  readonly mtu: number;
  readonly dnsDomain: string;
  readonly tags: readonly string[];
  /** `vrack` for private networks made with value specs, else `vxlan`. */
  readonly networkType: string;
  readonly segmentationId: number | undefined;
  readonly subnetIds: readonly string[];
}

export interface CreateNetworkArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly portSecurityEnabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  /** `provider:network_type` = `vrack` and `provider:segmentation_id` (a VLAN) need the project in a vRack. */
  readonly valueSpecs?: Readonly<Record<string, string>> | undefined;
}

export interface UpdateNetworkArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly portSecurityEnabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface AddressRange {
  readonly start: string;
  readonly end: string;
}

export interface HostRoute {
  readonly destinationCidr: string;
  readonly nextHop: string;
}

export interface SubnetView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly ipVersion: 4;
  readonly gatewayIp: string | undefined;
  readonly enableDhcp: boolean;
  readonly allocationPools: readonly AddressRange[];
  readonly dnsNameservers: readonly string[];
  readonly hostRoutes: readonly HostRoute[];
  readonly tags: readonly string[];
}

export interface CreateSubnetArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly networkId: string;
  readonly cidr: string;
  /** Default: the first address. */
  readonly gatewayIp?: string | undefined;
  readonly noGateway?: boolean | undefined;
  /** Default true. */
  readonly enableDhcp?: boolean | undefined;
  /** Default: everything but network, broadcast and gateway. */
  readonly allocationPools?: readonly AddressRange[] | undefined;
  readonly dnsNameservers?: readonly string[] | undefined;
  readonly hostRoutes?: readonly HostRoute[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface UpdateSubnetArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly gatewayIp?: string | undefined;
  readonly noGateway?: boolean | undefined;
  readonly enableDhcp?: boolean | undefined;
  readonly allocationPools?: readonly AddressRange[] | undefined;
  readonly dnsNameservers?: readonly string[] | undefined;
  readonly hostRoutes?: readonly HostRoute[] | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface FixedIp {
  readonly subnetId: string;
  readonly ipAddress: string;
}

export interface PortView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly networkId: string;
  readonly adminStateUp: boolean;
  readonly macAddress: string;
  readonly fixedIps: readonly FixedIp[];
  readonly securityGroupIds: readonly string[];
  readonly portSecurityEnabled: boolean;
  /** Server, router or service that uses it; empty when free. */
  readonly deviceId: string;
  /** `compute:nova`, `network:router_interface`, `network:dhcp`, `Octavia`, `managed:database`…; empty when free. */
  readonly deviceOwner: string;
  readonly status: "ACTIVE" | "DOWN";
  readonly tags: readonly string[];
}

export interface CreatePortArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly networkId: string;
  readonly adminStateUp?: boolean | undefined;
  /** Chosen addresses, or subnets that give one; default: one address of the network's first subnet. */
  readonly fixedIps?:
    | readonly { readonly subnetId?: string | undefined; readonly ipAddress?: string | undefined }[]
    | undefined;
  readonly noFixedIp?: boolean | undefined;
  readonly macAddress?: string | undefined;
  /** Default: the project's `default` group, which lets everything in on OVHcloud. */
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly portSecurityEnabled?: boolean | undefined;
  readonly deviceId?: string | undefined;
  readonly deviceOwner?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface UpdatePortArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly fixedIps?: CreatePortArgs["fixedIps"];
  readonly securityGroupIds?: readonly string[] | undefined;
  readonly portSecurityEnabled?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface RouterView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly adminStateUp: boolean;
  readonly distributed: boolean;
  readonly enableSnat: boolean;
  readonly externalNetworkId: string | undefined;
  readonly externalFixedIps: readonly FixedIp[];
  readonly tags: readonly string[];
}

export interface CreateRouterArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly enableSnat?: boolean | undefined;
  readonly externalNetworkId?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface UpdateRouterArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly enableSnat?: boolean | undefined;
  /** null takes the gateway away. */
  readonly externalNetworkId?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface RouterInterfaceView {
  /** Id of its port; the Terraform provider uses it as the resource's id. */
  readonly portId: string;
  readonly routerId: string;
  readonly subnetId: string;
  readonly region: string;
  readonly ipAddress: string;
}

export interface FloatingIpView {
  readonly id: string;
  readonly region: string;
  readonly description: string;
  readonly address: string;
  /** Name of the external network. */
  readonly pool: string;
  readonly networkId: string;
  readonly portId: string | undefined;
  readonly fixedIp: string | undefined;
  readonly routerId: string | undefined;
  readonly status: "ACTIVE" | "DOWN";
  readonly tags: readonly string[];
}

export interface CreateFloatingIpArgs {
  readonly region?: string | undefined;
  readonly description?: string | undefined;
  /** Name of the external network, such as `Ext-Net`. */
  readonly pool: string;
  readonly portId?: string | undefined;
  readonly fixedIp?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface UpdateFloatingIpArgs {
  readonly description?: string | undefined;
  /** null dissociates. */
  readonly portId?: string | null | undefined;
  readonly fixedIp?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface SecurityGroupView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly rules: readonly SecurityGroupRuleView[];
}

export interface SecurityGroupRuleView {
  readonly id: string;
  readonly region: string;
  readonly securityGroupId: string;
  readonly description: string;
  readonly direction: "ingress" | "egress";
  readonly ethertype: "IPv4" | "IPv6";
  /** Lower case name or number; undefined: any. */
  readonly protocol: string | undefined;
  readonly portRangeMin: number | undefined;
  readonly portRangeMax: number | undefined;
  readonly remoteIpPrefix: string | undefined;
  readonly remoteGroupId: string | undefined;
}

export interface CreateSecurityGroupRuleArgs {
  readonly region?: string | undefined;
  readonly securityGroupId: string;
  readonly description?: string | undefined;
  readonly direction: "ingress" | "egress";
  readonly ethertype: "IPv4" | "IPv6";
  readonly protocol?: string | undefined;
  readonly portRangeMin?: number | undefined;
  readonly portRangeMax?: number | undefined;
  readonly remoteIpPrefix?: string | undefined;
  readonly remoteGroupId?: string | undefined;
}

interface NameFilter {
  readonly region?: string | undefined;
  readonly name?: string | undefined;
}

export interface NetworksApi {
  create(args: CreateNetworkArgs): NetworkView;
  get(id: string): NetworkView;
  list(filter?: NameFilter): NetworkView[];
  update(id: string, args: UpdateNetworkArgs): NetworkView;
  /** Refused while ports other than DHCP's are on it; its subnets go with it. */
  delete(id: string): void;
}

export interface SubnetsApi {
  create(args: CreateSubnetArgs): SubnetView;
  get(id: string): SubnetView;
  list(filter?: NameFilter & { networkId?: string | undefined }): SubnetView[];
  update(id: string, args: UpdateSubnetArgs): SubnetView;
  delete(id: string): void;
  /** Addresses that are taken, in order, with the port that holds each. */
  addresses(id: string): { ipAddress: string; portId: string }[];
}

export interface PortsApi {
  create(args: CreatePortArgs): PortView;
  get(id: string): PortView;
  list(
    filter?: NameFilter & {
      networkId?: string | undefined;
      deviceId?: string | undefined;
      ipAddress?: string | undefined;
    },
  ): PortView[];
  update(id: string, args: UpdatePortArgs): PortView;
  delete(id: string): void;
}

export interface RoutersApi {
  create(args: CreateRouterArgs): RouterView;
  get(id: string): RouterView;
  list(filter?: NameFilter): RouterView[];
  update(id: string, args: UpdateRouterArgs): RouterView;
  delete(id: string): void;
  addInterface(
    routerId: string,
    target: { subnetId?: string | undefined; portId?: string | undefined },
  ): RouterInterfaceView;
  removeInterface(routerId: string, target: { subnetId?: string | undefined; portId?: string | undefined }): void;
  interfaces(routerId: string): RouterInterfaceView[];
  /** By the port's id. */
  interface(portId: string): RouterInterfaceView;
}

export interface FloatingIpsApi {
  create(args: CreateFloatingIpArgs): FloatingIpView;
  get(id: string): FloatingIpView;
  list(filter?: {
    region?: string | undefined;
    address?: string | undefined;
    description?: string | undefined;
  }): FloatingIpView[];
  update(id: string, args: UpdateFloatingIpArgs): FloatingIpView;
  delete(id: string): void;
}

export interface SecurityGroupsApi {
  /** Comes with two rules that let everything out, unless deleteDefaultRules. */
  create(args: {
    region?: string | undefined;
    name: string;
    description?: string | undefined;
    tags?: readonly string[] | undefined;
    deleteDefaultRules?: boolean | undefined;
  }): SecurityGroupView;
  get(id: string): SecurityGroupView;
  /** Whether the groups of a port let TCP from anywhere at all reach that port of the machine. */
  opensTcp(portId: string, destinationPort: number): boolean;
  list(filter?: NameFilter): SecurityGroupView[];
  update(
    id: string,
    args: { name?: string | undefined; description?: string | undefined; tags?: readonly string[] | undefined },
  ): SecurityGroupView;
  delete(id: string): void;
  createRule(args: CreateSecurityGroupRuleArgs): SecurityGroupRuleView;
  getRule(id: string): SecurityGroupRuleView;
  deleteRule(id: string): void;
}

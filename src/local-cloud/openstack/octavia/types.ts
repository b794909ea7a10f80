export type ProvisioningStatus = "ACTIVE" | "PENDING_CREATE" | "PENDING_UPDATE" | "PENDING_DELETE" | "ERROR";
export type OperatingStatus = "ONLINE" | "OFFLINE" | "DRAINING" | "DEGRADED" | "ERROR" | "NO_MONITOR";

export interface LoadBalancerFlavorView {
  readonly id: string;
  /** small, medium, large, xl. */
  readonly name: string;
  readonly region: string;
  /** Mbit/s. */
  readonly bandwidth: number;
}

export interface LoadBalancerView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly adminStateUp: boolean;
  readonly provider: string;
  readonly flavorId: string | undefined;
  readonly vipAddress: string;
  readonly vipPortId: string;
  readonly vipSubnetId: string;
  readonly vipNetworkId: string;
  readonly securityGroupIds: readonly string[];
  readonly tags: readonly string[];
  readonly provisioningStatus: ProvisioningStatus;
  readonly operatingStatus: OperatingStatus;
  readonly listenerIds: readonly string[];
  readonly poolIds: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CreateLoadBalancerArgs {
  readonly region?: string | undefined;
  readonly name: string;
  readonly description?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
  /** One of subnet, network, port. */
  readonly vipSubnetId?: string | undefined;
  readonly vipNetworkId?: string | undefined;
  readonly vipPortId?: string | undefined;
  readonly vipAddress?: string | undefined;
  readonly flavorId?: string | undefined;
  readonly provider?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface ListenerView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly loadBalancerId: string;
  readonly protocol: string;
  readonly protocolPort: number;
  readonly defaultPoolId: string | undefined;
  readonly defaultTlsContainerRef: string | undefined;
  readonly sniContainerRefs: readonly string[];
  readonly insertHeaders: Readonly<Record<string, string>>;
  readonly allowedCidrs: readonly string[];
  readonly adminStateUp: boolean;
  readonly connectionLimit: number;
  /** Milliseconds. */
  readonly timeoutClientData: number;
  readonly timeoutMemberConnect: number;
  readonly timeoutMemberData: number;
  readonly timeoutTcpInspect: number;
  readonly tags: readonly string[];
  readonly provisioningStatus: ProvisioningStatus;
  readonly operatingStatus: OperatingStatus;
}

export interface UpdateListenerArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly defaultPoolId?: string | null | undefined;
  readonly defaultTlsContainerRef?: string | undefined;
  readonly sniContainerRefs?: readonly string[] | undefined;
  readonly insertHeaders?: Readonly<Record<string, string>> | undefined;
  readonly allowedCidrs?: readonly string[] | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly connectionLimit?: number | undefined;
  readonly timeoutClientData?: number | undefined;
  readonly timeoutMemberConnect?: number | undefined;
  readonly timeoutMemberData?: number | undefined;
  readonly timeoutTcpInspect?: number | undefined;
  readonly tags?: readonly string[] | undefined;
}

export interface CreateListenerArgs extends Omit<UpdateListenerArgs, "defaultPoolId"> {
  readonly loadBalancerId: string;
  readonly protocol: string;
  readonly protocolPort: number;
  readonly defaultPoolId?: string | undefined;
}

export interface SessionPersistence {
  readonly type: string;
  readonly cookieName?: string | undefined;
}

export interface PoolView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly description: string;
  readonly loadBalancerId: string;
  readonly listenerIds: readonly string[];
  readonly protocol: string;
  /** ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP. */
  readonly lbMethod: string;
  readonly persistence: SessionPersistence | undefined;
  readonly adminStateUp: boolean;
  readonly memberIds: readonly string[];
  readonly monitorId: string | undefined;
  readonly provisioningStatus: ProvisioningStatus;
  readonly operatingStatus: OperatingStatus;
}

export interface CreatePoolArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** One of load balancer, listener. */
  readonly loadBalancerId?: string | undefined;
  readonly listenerId?: string | undefined;
  readonly protocol: string;
  readonly lbMethod: string;
  readonly persistence?: SessionPersistence | undefined;
  readonly adminStateUp?: boolean | undefined;
}

export interface UpdatePoolArgs {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly lbMethod?: string | undefined;
  readonly persistence?: SessionPersistence | null | undefined;
  readonly adminStateUp?: boolean | undefined;
}

export interface MemberView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly poolId: string;
  readonly address: string;
  readonly protocolPort: number;
  readonly subnetId: string | undefined;
  /** 0-256; 0 drains. */
  readonly weight: number;
  readonly backup: boolean;
  readonly adminStateUp: boolean;
  readonly monitorAddress: string | undefined;
  readonly monitorPort: number | undefined;
  readonly provisioningStatus: ProvisioningStatus;
  /** Computed from the modelled machine behind it each time it is read. */
  readonly operatingStatus: OperatingStatus;
  /** Why it is not ONLINE, in words; the real service does not tell. */
  readonly reason: string | undefined;
}

export interface CreateMemberArgs {
  readonly poolId: string;
  readonly name?: string | undefined;
  readonly address: string;
  readonly protocolPort: number;
  readonly subnetId?: string | undefined;
  readonly weight?: number | undefined;
  readonly backup?: boolean | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly monitorAddress?: string | undefined;
  readonly monitorPort?: number | undefined;
}

export interface UpdateMemberArgs {
  readonly name?: string | undefined;
  readonly weight?: number | undefined;
  readonly backup?: boolean | undefined;
  readonly adminStateUp?: boolean | undefined;
  readonly monitorAddress?: string | null | undefined;
  readonly monitorPort?: number | null | undefined;
}

export interface MonitorView {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly poolId: string;
  readonly type: string;
  /** Seconds. */
  readonly delay: number;
  readonly timeout: number;
  readonly maxRetries: number;
  readonly maxRetriesDown: number;
  readonly httpMethod: string | undefined;
  readonly urlPath: string | undefined;
  readonly expectedCodes: string | undefined;
  readonly adminStateUp: boolean;
  readonly provisioningStatus: ProvisioningStatus;
}

export interface UpdateMonitorArgs {
  readonly name?: string | undefined;
  readonly delay?: number | undefined;
  readonly timeout?: number | undefined;
  readonly maxRetries?: number | undefined;
  readonly maxRetriesDown?: number | undefined;
  readonly httpMethod?: string | undefined;
  readonly urlPath?: string | undefined;
  readonly expectedCodes?: string | undefined;
  readonly adminStateUp?: boolean | undefined;
}

export interface CreateMonitorArgs extends UpdateMonitorArgs {
  readonly poolId: string;
  readonly type: string;
  readonly delay: number;
  readonly timeout: number;
  readonly maxRetries: number;
}

interface NameFilter {
  readonly region?: string | undefined;
  readonly name?: string | undefined;
}

/** Every change of the tree puts its load balancer in PENDING_UPDATE for a while; another change meanwhile is a 409. */
export interface LoadBalancersApi {
  create(args: CreateLoadBalancerArgs): LoadBalancerView;
  get(id: string): LoadBalancerView;
  list(filter?: NameFilter): LoadBalancerView[];
  update(
    id: string,
    args: {
      name?: string | undefined;
      description?: string | undefined;
      adminStateUp?: boolean | undefined;
      tags?: readonly string[] | undefined;
    },
  ): LoadBalancerView;
  /** `cascade` takes listeners, pools, members and monitors along; without it they block. */
  delete(id: string, cascade?: boolean): void;
}

export interface ListenersApi {
  create(args: CreateListenerArgs): ListenerView;
  get(id: string): ListenerView;
  list(filter?: NameFilter & { loadBalancerId?: string | undefined }): ListenerView[];
  update(id: string, args: UpdateListenerArgs): ListenerView;
  delete(id: string): void;
}

export interface PoolsApi {
  create(args: CreatePoolArgs): PoolView;
  get(id: string): PoolView;
  list(filter?: NameFilter & { loadBalancerId?: string | undefined }): PoolView[];
  update(id: string, args: UpdatePoolArgs): PoolView;
  delete(id: string): void;
}

export interface MembersApi {
  create(args: CreateMemberArgs): MemberView;
  get(poolId: string, id: string): MemberView;
  list(poolId: string): MemberView[];
  update(poolId: string, id: string, args: UpdateMemberArgs): MemberView;
  delete(poolId: string, id: string): void;
}

export interface MonitorsApi {
  create(args: CreateMonitorArgs): MonitorView;
  get(id: string): MonitorView;
  list(filter?: NameFilter & { poolId?: string | undefined }): MonitorView[];
  update(id: string, args: UpdateMonitorArgs): MonitorView;
  delete(id: string): void;
}

export interface LoadBalancerFlavorsApi {
  get(id: string): LoadBalancerFlavorView;
  list(region?: string): LoadBalancerFlavorView[];
}

import type { GuestCopiesApi } from "./guests/copies/guest-copies.ts";
import type { BootedGuestOf, FrontHealthOf, ReachOf } from "./guests/front-health/types.ts";
import type { ClockMode, CloudClock } from "./kernel/clock.ts";
import type { CloudContext } from "./kernel/context.ts";
import type { Faults } from "./kernel/faults.ts";
import type { CallInfo, Journal } from "./kernel/journal.ts";
import type { CloudMachine } from "./kernel/machine.ts";
import type { Store } from "./kernel/store.ts";
import type { SecretsApi } from "./openstack/barbican/types.ts";
import type { VolumesApi } from "./openstack/cinder/types.ts";
import type { ImagesApi } from "./openstack/glance/types.ts";
import type { KeystoneApi } from "./openstack/keystone/types.ts";
import type {
  FloatingIpsApi,
  NetworksApi,
  PortsApi,
  RoutersApi,
  SecurityGroupsApi,
  SubnetsApi,
} from "./openstack/neutron/types.ts";
import type {
  FlavorsApi,
  KeypairsApi,
  ServerGroupsApi,
  ServersApi,
  VolumeAttachmentsApi,
} from "./openstack/nova/types.ts";
import type {
  ListenersApi,
  LoadBalancerFlavorsApi,
  LoadBalancersApi,
  MembersApi,
  MonitorsApi,
  PoolsApi,
} from "./openstack/octavia/types.ts";
import type { QuotaName } from "./openstack/quotas.ts";
import type { Restrictions } from "./openstack/restrictions.ts";
import type { ContainersApi, ObjectsApi } from "./openstack/swift/types.ts";
import type { OvhBackupsApi } from "./ovhcloud/backups/types.ts";
import type { OvhDatabasesApi } from "./ovhcloud/databases/types.ts";
import type { OvhLoadBalancersApi } from "./ovhcloud/load-balancers/types.ts";
import type { OvhStorageApi } from "./ovhcloud/storage/types.ts";
import type { OvhUsersApi } from "./ovhcloud/users/types.ts";
import type { OvhVrackApi } from "./ovhcloud/vrack/types.ts";
import type { OvhZonesApi } from "./ovhcloud/zones/types.ts";

export interface LocalCloudOptions {
  /** SQLite file, made when missing; `:memory:` keeps nothing. */
  readonly databasePath: string;
  /** Default: the mode the store has, `real` when it is new. */
  readonly clock?: ClockMode | undefined;
  /** Seconds of the real world are divided by this. Default 100; 1 is real time. */
  readonly scale?: number | undefined;
  /** Physical hosts of a region, for anti-affinity. Default 8. */
  readonly hosts?: number | undefined;
  /** The machine's clock, milliseconds. Default: the time of the host. */
  readonly wall?: (() => number) | undefined;
  /** Timers and randomness. Default: the host's. */
  readonly machine?: CloudMachine | undefined;
  /**
   * Default: false. True: networks and instances are another OpenStack's, and OVHcloud's services take the ids of them as they are given. A managed
   * database then has no ports in its subnet.
   */
  readonly openstackElsewhere?: boolean | undefined;
}

/**
 * The modelled cloud: one set of services behind a gRPC and an HTTP API. Service methods are synchronous, and each is one transaction: when it
 * returns, the call is accepted and survives a crash of the process. Operations that take time end at deadlines on the clock.
 */
export interface LocalCloud {
  readonly nova: {
    readonly servers: ServersApi;
    readonly serverGroups: ServerGroupsApi;
    readonly keypairs: KeypairsApi;
    readonly volumeAttachments: VolumeAttachmentsApi;
    readonly flavors: FlavorsApi;
  };
  readonly neutron: {
    readonly networks: NetworksApi;
    readonly subnets: SubnetsApi;
    readonly ports: PortsApi;
    readonly routers: RoutersApi;
    readonly floatingIps: FloatingIpsApi;
    readonly securityGroups: SecurityGroupsApi;
  };
  readonly octavia: {
    readonly loadBalancers: LoadBalancersApi;
    readonly listeners: ListenersApi;
    readonly pools: PoolsApi;
    readonly members: MembersApi;
    readonly monitors: MonitorsApi;
    readonly flavors: LoadBalancerFlavorsApi;
  };
  readonly cinder: { readonly volumes: VolumesApi };
  readonly swift: { readonly containers: ContainersApi; readonly objects: ObjectsApi };
  readonly barbican: { readonly secrets: SecretsApi };
  readonly glance: { readonly images: ImagesApi };
  readonly keystone: KeystoneApi;
  readonly ovhDatabases: OvhDatabasesApi;
  readonly ovhStorage: OvhStorageApi;
  readonly ovhLoadBalancers: OvhLoadBalancersApi;
  readonly ovhVrack: OvhVrackApi;
  readonly ovhBackups: OvhBackupsApi;
  readonly ovhUsers: OvhUsersApi;
  readonly ovhZones: OvhZonesApi;
  /** Copies that the guests' timers would have written to the backup bucket by now. */
  readonly guestCopies: GuestCopiesApi;

  /** Computed from machine, volume, document, database and network; the reason when unhealthy. */
  readonly frontHealth: FrontHealthOf;
  /** Health is that of machines that really boot from now on. @returns to be called whenever one of them answers in another way */
  readonly useBootedGuests: (booted: BootedGuestOf) => () => void;
  /** When a health that was given out changes by time alone, in milliseconds of the clock; undefined: never. */
  readonly nextHealthChange: () => number | undefined;
  /** Network part of it: from a load balancer to a member's address and port. */
  readonly reach: ReachOf;

  /** The project's limit in a region. */
  readonly quota: (region: string, name: QuotaName) => number;

  /** Base of a simulator's own services: transactions, deadlines, ids. */
  readonly context: CloudContext;
  readonly store: Store;
  readonly clock: CloudClock;
  readonly faults: Faults;
  readonly restrictions: Restrictions;
  readonly journal: Journal;
  readonly scale: number;

  /**
   * Executes one API call: journal entry, ordered faults, work, answer. Both APIs execute every call through it.
   * `work` reports the id of the created resource through its argument as soon as the call is accepted.
   * @throws CloudError when the call is refused, ConnectionDropped when the API must close the connection
   */
  perform<T>(call: CallInfo, work: (report: CallReport) => T | Promise<T>): Promise<T>;

  /**
   * Waits until `probe` gives a value other than undefined or false; asked again at each deadline, change and step of the clock. What it
   * throws ends the wait. Rejects with CloudError 504 after `timeoutSeconds` of the real world, divided by the scale (default 3,600).
   */
  waitUntil<T>(
    probe: () => T | undefined | false,
    options?: { timeoutSeconds?: number | undefined; signal?: AbortSignal | undefined },
  ): Promise<T>;

  /** Tries again at each change while `work` throws a CloudError with one of these statuses (default 409). */
  retryWhile<T>(
    work: () => T,
    options?: {
      statuses?: readonly number[] | undefined;
      timeoutSeconds?: number | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<T>;

  /** Waits for seconds of the real world, divided by the scale, on the cloud's clock (a step counts). */
  sleep(seconds: number, signal?: AbortSignal): Promise<void>;

  /** Carries out every change of state that is due; reading does it by itself. */
  advance(): void;

  /** Called after every accepted change; what traffic watches. @returns a function that stops it. */
  onChange(listener: () => void): () => void;

  /** Forgets everything and starts anew, with the same clock mode. */
  reset(): void;

  close(): void;
}

export interface CallReport {
  /** The work was accepted and made this: noted in the journal at once, and `hold` and `drop-after-accept` take effect here. */
  accepted(id?: string): Promise<void>;
}

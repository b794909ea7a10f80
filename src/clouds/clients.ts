import type { MachineState } from "../rolling/model.ts";

/**
 * API clients for operations that Pulumi has no resource for. One implementation (src/clouds/http and one file per service) serves the real cloud,
 * OpenStack on loopback and the local cloud; only the endpoints differ.
 */
export interface CloudClients {
  readonly compute: Machines;
  readonly loadBalancer: TrafficPool;
  readonly storage: ObjectStorageClient;
  readonly containers: ContainerClient;
  readonly supply: QuotaClient;
  readonly backups: Backups;
  readonly finder: ResourceFinder;
  readonly zones: DnsZones;
  readonly keyManager: KeyManager;
}

export interface ServerView {
  readonly id: string;
  readonly name: string;
  readonly state: MachineState | "deleted";
  /** Flavor name, such as `b2-7-flex`. */
  readonly flavor: string;
  /** First fixed address. */
  readonly address: string | undefined;
  /** The cloud's fault message when the state is `failed`. */
  readonly fault: string | undefined;
  /** Whether it ever ran. A server in ERROR that never ran cannot be repaired by resetting its state. */
  readonly launched: boolean;
  /** Undefined when the cloud omits it. */
  readonly createdAt: Date | undefined;
}

export interface Machines {
  findServers(namePrefix: string): Promise<readonly ServerView[]>;
  confirmResize(id: string): Promise<void>;
  revertResize(id: string): Promise<void>;
  /** Resets a server left in ERROR by a failed resize to ACTIVE (os-resetState), for the recovery of a front. */
  resetState(id: string): Promise<void>;
  /** Resolves when the server is deleted. Only for a server that never ran. */
  deleteServer(id: string): Promise<void>;
}

export type OperatingStatus = "ONLINE" | "OFFLINE" | "DRAINING" | "DEGRADED" | "ERROR" | "NO_MONITOR" | "UNKNOWN";

export interface MemberView {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  readonly address: string;
  /** Weight 0 drains: no new connections, open ones continue. */
  readonly weight: number;
  readonly operatingStatus: OperatingStatus;
  readonly provisioningStatus: string;
  /** Open connections, where the cloud reports them (the local cloud does; Octavia does not per member). */
  readonly activeConnections: number | undefined;
}

/** Traffic of a load balancer. */
export interface TrafficReading {
  /** Connections accepted since its creation. */
  readonly connections: number;
  /** Connections open now; with keep-alive most of them are idle. */
  readonly openConnections: number;
  /** Malformed requests since its creation. */
  readonly requestErrors: number;
}

export interface TrafficPool {
  find(name: string): Promise<{ readonly id: string; readonly provisioningStatus: string } | undefined>;
  /**
   * Counters as last reported by the load balancer: Octavia's amphorae report every 10 s (`heartbeat_interval`). Source: Octavia API v2, "Get Load
   * Balancer statistics".
   */
  traffic(id: string): Promise<TrafficReading>;
  members(poolName: string): Promise<readonly MemberView[]>;
  /** Weight 0 drains, 1 readmits; resolves when the load balancer is ACTIVE again. */
  setWeight(member: MemberView, weight: number): Promise<void>;
}

/** An automatic backup of the cloud. */
export interface BackupsView {
  /** Creation time, ISO 8601. */
  readonly since: Date;
  /** The newest complete backup. */
  readonly newest: Date | undefined;
}

export interface Backups {
  /** The cloud's clock, to the second. */
  now(): Promise<Date>;
  /** By the name of the service; undefined when it does not exist. */
  ofDatabase(engine: "mysql" | "postgresql", name: string): Promise<BackupsView | undefined>;
  /** By the name of the schedule; undefined when it does not exist. */
  ofInstance(region: string, workflowName: string): Promise<BackupsView | undefined>;
}

/** A flavor of machines that the region offers. */
export interface OfferedFlavor {
  readonly name: string;
  readonly cores: number;
  readonly memoryMegabytes: number;
  /** System disk. */
  readonly diskGigabytes: number;
}

export type QuotaResource = "instances" | "cores" | "memory" | "volumes" | "volume-space" | "ports" | "members";

/** Limit and use of a resource in a project's region. Memory in MB, volume space in GB, everything else as a number. */
export interface Quota {
  readonly resource: QuotaResource;
  /** Undefined: no limit. */
  readonly limit: number | undefined;
  readonly used: number;
}

/** Flavors and quotas of a region. A project member may read all of it under the usual policies. */
export interface QuotaClient {
  flavors(): Promise<readonly OfferedFlavor[]>;
  /** Names of the load balancer flavors. */
  loadBalancerFlavors(): Promise<readonly string[]>;
  /** Each service is queried separately: a refusal of one does not affect the others. */
  readonly quotas: Readonly<Record<"Nova" | "Cinder" | "Neutron" | "Octavia", () => Promise<readonly Quota[]>>>;
}

export interface BucketPlace {
  /** Object storage region, such as `SBG`. */
  readonly region: string;
  readonly name: string;
}

/** The newest version of an object. */
export interface StoredObject {
  readonly bytes: number;
  readonly lastModified: Date;
  /** Unique to this version. */
  readonly version: string;
}

export interface ObjectStorageClient {
  /** Undefined when the object does not exist. */
  find(bucket: BucketPlace, key: string): Promise<StoredObject | undefined>;
  /** Presigned URL that allows anybody to PUT this one object for a while: a secret. */
  uploadUrl(bucket: BucketPlace, key: string, seconds: number): Promise<string>;
}

/** Swift containers: machines fetch their configuration from one. */
export interface ContainerClient {
  /** Secret that signs the URLs of a container's objects; undefined without such a container or key. */
  addressKey(container: BucketPlace): Promise<string | undefined>;
  /** An object's JSON; undefined when it does not exist. May contain secrets. */
  read(container: BucketPlace, object: string): Promise<unknown>;
  /** Names of the objects that begin with a prefix, sorted; none without such a container. */
  list(container: BucketPlace, prefix: string): Promise<readonly string[]>;
}

export interface NewZoneRecord {
  /** Name below the zone; empty for the zone itself. */
  readonly subDomain: string;
  /** Such as `A` or `TXT`. */
  readonly fieldType: string;
  readonly target: string;
}

export interface ZoneRecord extends NewZoneRecord {
  readonly id: string;
  /** Seconds; 0: the zone's default. */
  readonly ttl: number;
}

/** DNS zones of the account. Changes take effect with `publish`. */
export interface DnsZones {
  /** Addresses of the authoritative name servers, with a port where it is not 53. */
  nameServers(zone: string): Promise<readonly string[]>;
  records(zone: string, like: Omit<NewZoneRecord, "target">): Promise<readonly ZoneRecord[]>;
  create(zone: string, record: NewZoneRecord & { readonly ttl: number }): Promise<void>;
  /** A record that does not exist counts as removed. */
  remove(zone: string, id: string): Promise<void>;
  publish(zone: string): Promise<void>;
}

export interface StoredSecret {
  /** Reference that a listener uses. */
  readonly ref: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Secret. */
  readonly payload: Uint8Array;
}

/** Secrets that a load balancer reads, such as its certificate. */
export interface KeyManager {
  /** Secrets of this name, with their content. */
  secrets(name: string): Promise<readonly StoredSecret[]>;
  /** Reference of the certificate that a listener uses; undefined: it has none, or does not exist. */
  usedBy(listenerName: string): Promise<string | undefined>;
}

export interface CloudMatch {
  /** The id that the `import` option of this type takes: `pool/member` for a member, `project/engine/id` for a database. */
  readonly id: string;
  /**
   * The cloud returns the secret of this resource only in the response to its creation, and that response was lost: an adopted resource would be
   * unusable. It must be discarded and created again.
   */
  readonly secretLost?: true;
  /**
   * It comes with its parent, and its creation only takes it over: that it is there does not tell whether a creation was begun. It must be neither
   * adopted nor discarded then, but created again.
   */
  readonly alwaysThere?: true;
}

/** Looks up a resource by its deterministic name, so that nothing is created twice. */
export interface ResourceFinder {
  /**
   * Type token and inputs as recorded before the creation. Undefined when the resource does not exist, and for types whose repeated creation
   * changes nothing (an object, a bucket policy) or that exist in no cloud (`random:`).
   */
  find(
    type: string,
    inputs: Readonly<Record<string, unknown>>,
    /** Id or name that a person has chosen. */
    chosen?: string,
  ): Promise<CloudMatch | undefined>;
  /** False for types that are identified by their parents. */
  isChosen(type: string): boolean;
  /** Write-only inputs that the cloud's own API returns, in the form of inputs. */
  shown(type: string, id: string, region: string): Promise<Readonly<Record<string, unknown>>>;
  /** Deletes a resource that was found with `secretLost`. */
  discard(type: string, id: string): Promise<void>;
  /** Inputs of a type that its provider cannot read back. */
  writeOnlyInputs(type: string): readonly string[];
  /** Inputs of a type that its provider's import sets although the program does not. */
  importOnlyInputs(type: string): readonly string[];
  /** False when a required input is write-only: the provider's import would refuse the resource. */
  isImportable(type: string): boolean;
  /** Whether a replacement is created, under the same name, before the old one is deleted. */
  isReplacedFirst(type: string): boolean;
  /** Whether the provider fails to read a deleted resource, so that a refresh fails instead of noticing the deletion. */
  failsWhenGone(type: string): boolean;
}

import type { MachineState } from "../rolling/model.ts";

/**
 * Raw calls for what Pulumi has no resource for. One implementation (src/clients/http.ts and one file per service) serves the real cloud, OpenStack on
 * loopback and the local cloud; only the endpoints differ.
 */
export interface CloudClients {
  readonly compute: Machines;
  readonly loadBalancer: TrafficPool;
  readonly storage: ObjectStorageClient;
  readonly containers: ContainerClient;
  readonly supply: QuotaClient;
  readonly backups: Backups;
  readonly finder: ResourceFinder;
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
  /** Whether it ever ran: one in ERROR that never did is no machine, and resetting its state makes none of it. */
  readonly launched: boolean;
  /** Undefined where the cloud leaves it out. */
  readonly createdAt: Date | undefined;
}

export interface Machines {
  findServers(namePrefix: string): Promise<readonly ServerView[]>;
  confirmResize(id: string): Promise<void>;
  revertResize(id: string): Promise<void>;
  /** Resets a server left in ERROR by a failed resize to ACTIVE (os-resetState), for the recovery of a front. */
  resetState(id: string): Promise<void>;
  /** Resolves when the server is gone. Only for one that never ran. */
  deleteServer(id: string): Promise<void>;
}

export type OperatingStatus = "ONLINE" | "OFFLINE" | "DRAINING" | "DEGRADED" | "ERROR" | "NO_MONITOR" | "UNKNOWN";

export interface MemberView {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  readonly address: string;
  /** 0 drains: no new connection; open ones go on. */
  readonly weight: number;
  readonly operatingStatus: OperatingStatus;
  readonly provisioningStatus: string;
  /** Open connections when the cloud tells (the local cloud does; Octavia does not per member). */
  readonly activeConnections: number | undefined;
}

/** What went through a load balancer so far. */
export interface TrafficReading {
  /** Accepted since its creation. */
  readonly connections: number;
  /** Open now; with keep-alive most of them wait for the visitor's next click. */
  readonly openConnections: number;
  /** Requests that it could not read, since its creation. */
  readonly requestErrors: number;
}

export interface TrafficPool {
  find(name: string): Promise<{ readonly id: string; readonly provisioningStatus: string } | undefined>;
  /**
   * Its counters, as the load balancer last reported them: Octavia's amphorae do so every 10 s (`heartbeat_interval`).
   * Source: Octavia API v2, "Get Load Balancer statistics".
   */
  traffic(id: string): Promise<TrafficReading>;
  members(poolName: string): Promise<readonly MemberView[]>;
  /** Weight 0 drains, 1 readmits; resolves when the load balancer is ACTIVE again. */
  setWeight(member: MemberView, weight: number): Promise<void>;
}

/** What is there of a backup that the cloud makes by itself. */
export interface BackupsView {
  /** Since when it is made. */
  readonly since: Date;
  /** The newest one that is complete. */
  readonly newest: Date | undefined;
}

export interface Backups {
  /** The cloud's own time, to the second. */
  now(): Promise<Date>;
  /** By the service's name; undefined when there is no such service. */
  ofDatabase(engine: "mysql" | "postgresql", name: string): Promise<BackupsView | undefined>;
  /** By the name of the schedule; undefined when there is no such one. */
  ofInstance(region: string, workflowName: string): Promise<BackupsView | undefined>;
}

/** A size of machines as the region offers it. */
export interface OfferedFlavor {
  readonly name: string;
  readonly cores: number;
  readonly memoryMegabytes: number;
  /** System disk. */
  readonly diskGigabytes: number;
}

export type QuotaResource = "instances" | "cores" | "memory" | "volumes" | "volume-space" | "ports" | "members";

/** How much of a resource the project may have in its region, and has. Memory in MB, volume space in GB, everything else in pieces. */
export interface Quota {
  readonly resource: QuotaResource;
  /** Undefined: no limit. */
  readonly limit: number | undefined;
  readonly used: number;
}

/** What the region offers and how much of it the project may still have. A project member may ask all of it where the cloud's policies are the usual ones. */
export interface QuotaClient {
  flavors(): Promise<readonly OfferedFlavor[]>;
  /** Names of the load balancer sizes. */
  loadBalancerFlavors(): Promise<readonly string[]>;
  /** Each service is asked by itself: one that refuses says nothing of the others. */
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
  /** Differs from that of every other version. */
  readonly version: string;
}

export interface ObjectStorageClient {
  /** Undefined when there is no such object. */
  find(bucket: BucketPlace, key: string): Promise<StoredObject | undefined>;
  /** Address to which anybody may PUT this one object for a while: a secret. */
  uploadUrl(bucket: BucketPlace, key: string, seconds: number): Promise<string>;
}

/** Swift containers: machines fetch their configuration from one. */
export interface ContainerClient {
  /** Secret that the addresses of a container's objects are signed with; undefined without such a container or key. */
  addressKey(container: BucketPlace): Promise<string | undefined>;
  /** An object's JSON; undefined when there is no such object. May hold secrets. */
  read(container: BucketPlace, object: string): Promise<unknown>;
}

export interface CloudMatch {
  /** The id that the `import` option of this type takes: `pool/member` for a member, `project/engine/id` for a database. */
  readonly id: string;
  /**
   * The cloud tells the secret of this resource only in the answer to its creation, and that answer was lost: adopting it
   * would give a resource that nobody can use. It is to be discarded and created again.
   */
  readonly secretLost?: true;
}

/** Looks a resource up by its deterministic name, so that nothing is created twice. */
export interface ResourceFinder {
  /**
   * Type token and inputs as recorded before the creation; undefined when the cloud has no such resource, and for types
   * whose creation changes nothing the second time (an object, a bucket policy) or that live in no cloud (`random:`).
   */
  find(
    type: string,
    inputs: Readonly<Record<string, unknown>>,
    /** Id or name of the one that is meant, where a person has said it. */
    chosen?: string,
  ): Promise<CloudMatch | undefined>;
  /** False for types that are found by what they belong to: there is nothing to choose. */
  isChosen(type: string): boolean;
  /** Of the inputs that its provider cannot read back, those that the cloud's own API tells, in the form of inputs. */
  shown(type: string, id: string, region: string): Promise<Readonly<Record<string, unknown>>>;
  /** Deletes a resource that was found with `secretLost`. */
  discard(type: string, id: string): Promise<void>;
  /** Inputs of a type that its provider cannot read back. */
  writeOnlyInputs(type: string): readonly string[];
  /** Inputs of a type that its provider's import makes up. */
  importOnlyInputs(type: string): readonly string[];
  /** False when one of them is required: the provider's import would refuse the resource for want of it. */
  isImportable(type: string): boolean;
  /** Whether a replacement is created, under the same name, before the old one is deleted. */
  isReplacedFirst(type: string): boolean;
  /** Whether the provider answers a look at one that is gone with an error, so that a refresh fails instead of noticing. */
  failsWhenGone(type: string): boolean;
}

export type DatabaseEngine = "mysql" | "postgresql";
export type DatabaseStatus = "CREATING" | "READY" | "UPDATING" | "DELETING" | "ERROR";

export interface IpRestriction {
  /** Address block, such as `10.10.1.0/24`. */
  readonly ip: string;
  readonly description?: string | undefined;
}

interface DatabaseNodeView {
  readonly id: string;
  readonly region: string;
  readonly networkId: string | undefined;
  readonly subnetId: string | undefined;
  readonly status: DatabaseStatus;
}

export interface DatabaseEndpoint {
  readonly component: string;
  readonly domain: string;
  readonly path: string;
  readonly port: number;
  readonly scheme: string;
  readonly ssl: boolean;
  readonly sslMode: string;
  readonly uri: string;
}

export interface DatabaseView {
  readonly id: string;
  readonly engine: DatabaseEngine;
  readonly description: string;
  readonly version: string;
  readonly plan: string;
  readonly flavor: string;
  readonly status: DatabaseStatus;
  readonly region: string;
  readonly nodeNumber: number;
  readonly nodes: readonly DatabaseNodeView[];
  readonly networkType: "public" | "private";
  readonly networkId: string | undefined;
  readonly subnetId: string | undefined;
  /** Address of its port in the subnet; undefined on the public network. Its name is what to use. */
  readonly privateAddress: string | undefined;
  /** GB. */
  readonly diskSize: number;
  readonly diskType: string;
  readonly endpoints: readonly DatabaseEndpoint[];
  readonly ipRestrictions: readonly (IpRestriction & { readonly status: "READY" | "UPDATING" })[];
  /** UTC, `HH:MM:SS`. */
  readonly backupTime: string;
  readonly backupRegions: readonly string[];
  readonly retentionDays: number;
  readonly pitr: boolean;
  readonly maintenanceTime: string;
  readonly deletionProtection: boolean;
  readonly advancedConfiguration: Readonly<Record<string, string>>;
  /** Connections that users may open at the same time; OVHcloud's API does not show it. */
  readonly maxConnections: number;
  readonly createdAt: string;
}

export interface CreateDatabaseArgs {
  readonly engine: string;
  readonly description?: string | undefined;
  readonly version: string;
  readonly plan: string;
  readonly flavor: string;
  /** All alike; as many as the plan has. */
  readonly nodes: readonly {
    readonly region: string;
    readonly networkId?: string | undefined;
    readonly subnetId?: string | undefined;
  }[];
  /** GB. Default: the flavor's smallest. */
  readonly diskSize?: number | undefined;
  readonly ipRestrictions?: readonly IpRestriction[] | undefined;
  readonly backupTime?: string | undefined;
  readonly backupRegions?: readonly string[] | undefined;
  readonly maintenanceTime?: string | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly advancedConfiguration?: Readonly<Record<string, string>> | undefined;
  /** Restore into a new service: users and address restrictions are not copied. */
  readonly forkFrom?:
    | {
        readonly serviceId: string;
        readonly backupId?: string | undefined;
        /** ISO 8601 instant within the retention. */
        readonly pointInTime?: string | undefined;
      }
    | undefined;
}

export interface UpdateDatabaseArgs {
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly plan?: string | undefined;
  readonly flavor?: string | undefined;
  readonly diskSize?: number | undefined;
  /** The whole list; an empty one changes nothing (the provider never sends it). */
  readonly ipRestrictions?: readonly IpRestriction[] | undefined;
  readonly backupTime?: string | undefined;
  readonly backupRegions?: readonly string[] | undefined;
  readonly maintenanceTime?: string | undefined;
  readonly deletionProtection?: boolean | undefined;
  readonly advancedConfiguration?: Readonly<Record<string, string>> | undefined;
}

export interface DatabaseUserView {
  readonly id: string;
  readonly clusterId: string;
  readonly username: string;
  readonly status: "CREATING" | "READY" | "UPDATING";
  readonly roles: readonly string[];
  readonly createdAt: string;
}

export interface DatabaseLogin {
  readonly name: string;
  /** Secret. */
  readonly password: string;
  readonly roles: readonly string[];
}

export interface LogicalDatabaseView {
  readonly id: string;
  readonly clusterId: string;
  readonly name: string;
  readonly default: boolean;
}

export interface ConnectionPoolArgs {
  readonly name: string;
  /** A logical database of the service. */
  readonly databaseId: string;
  /** session, statement or transaction. */
  readonly mode: string;
  /** Connections to the server. */
  readonly size: number;
  /** Default: whoever connects. */
  readonly userId?: string | undefined;
}

export interface UpdateConnectionPoolArgs {
  readonly databaseId?: string | undefined;
  readonly mode?: string | undefined;
  readonly size?: number | undefined;
  readonly userId?: string | undefined;
}

export interface ConnectionPoolView extends ConnectionPoolArgs {
  readonly id: string;
  readonly clusterId: string;
  readonly port: number;
  readonly sslMode: string;
  readonly uri: string;
}

export interface DatabaseBackupView {
  readonly id: string;
  readonly clusterId: string;
  readonly createdAt: string;
  readonly region: string;
  readonly type: "automatic";
  readonly status: "READY";
}

export interface DatabaseCapabilities {
  readonly engines: readonly {
    readonly name: string;
    readonly versions: readonly string[];
    readonly defaultVersion: string;
  }[];
  readonly plans: readonly { readonly name: string; readonly nodes: number; readonly backupRetentionDays: number }[];
  readonly flavors: readonly {
    readonly name: string;
    readonly core: number;
    /** GB. */
    readonly memory: number;
    /** GB. */
    readonly minDiskSize: number;
    readonly maxDiskSize: number;
  }[];
  readonly regions: readonly string[];
}

export interface OvhDatabasesApi {
  create(args: CreateDatabaseArgs): DatabaseView;
  get(id: string): DatabaseView;
  list(filter?: {
    engine?: string | undefined;
    description?: string | undefined;
    region?: string | undefined;
  }): DatabaseView[];
  update(id: string, args: UpdateDatabaseArgs): DatabaseView;
  /** The whole of it; the service stays READY. */
  setAdvancedConfiguration(id: string, configuration: Readonly<Record<string, string>>): DatabaseView;
  /** Refused while deletionProtection is on. */
  delete(id: string): void;
  backups(id: string): DatabaseBackupView[];
  capabilities(): DatabaseCapabilities;

  /** The password is only told here and by resetPassword. */
  createUser(
    clusterId: string,
    args: { name: string; roles?: readonly string[] | undefined },
  ): DatabaseUserView & { readonly password: string };
  getUser(clusterId: string, userId: string): DatabaseUserView;
  listUsers(clusterId: string): DatabaseUserView[];
  updateUser(clusterId: string, userId: string, args: { roles?: readonly string[] | undefined }): DatabaseUserView;
  resetPassword(clusterId: string, userId: string): DatabaseUserView & { readonly password: string };
  deleteUser(clusterId: string, userId: string): void;
  /** Users with their passwords (secret), as a server needs them; no API shows it. */
  logins(clusterId: string): readonly DatabaseLogin[];

  createLogicalDatabase(clusterId: string, name: string): LogicalDatabaseView;
  getLogicalDatabase(clusterId: string, databaseId: string): LogicalDatabaseView;
  listLogicalDatabases(clusterId: string): LogicalDatabaseView[];
  deleteLogicalDatabase(clusterId: string, databaseId: string): void;

  createConnectionPool(clusterId: string, args: ConnectionPoolArgs): ConnectionPoolView;
  getConnectionPool(clusterId: string, poolId: string): ConnectionPoolView;
  listConnectionPools(clusterId: string): ConnectionPoolView[];
  updateConnectionPool(clusterId: string, poolId: string, args: UpdateConnectionPoolArgs): ConnectionPoolView;
  deleteConnectionPool(clusterId: string, poolId: string): void;
}

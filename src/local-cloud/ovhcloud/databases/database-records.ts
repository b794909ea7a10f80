import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Ports } from "../../openstack/neutron/ports.ts";
import type { ConnectionPoolArgs, DatabaseEngine, DatabaseStatus, DatabaseUserView, IpRestriction } from "./types.ts";

export interface DatabaseBody {
  readonly engine: DatabaseEngine;
  readonly description: string;
  readonly version: string;
  readonly plan: string;
  readonly flavor: string;
  readonly status: DatabaseStatus;
  readonly networkId: string | undefined;
  readonly subnetId: string | undefined;
  /** One port in the subnet for each node. */
  readonly portIds: readonly string[];
  readonly nodeIds: readonly string[];
  readonly diskSize: number;
  readonly ipRestrictions: readonly IpRestriction[];
  readonly backupTime: string;
  readonly backupRegions: readonly string[];
  readonly maintenanceTime: string;
  readonly deletionProtection: boolean;
  readonly advancedConfiguration: Readonly<Record<string, string>>;
  readonly domain: string;
  readonly port: number;
  readonly retentionDays: number;
  /** Milliseconds of the cloud's clock. */
  readonly createdAt: number;
  /** A status at its deadline other than READY. */
  readonly failing: boolean;
}

export interface DatabaseUserBody {
  readonly status: DatabaseUserView["status"];
  readonly roles: readonly string[];
  /** Secret. */
  readonly password: string;
  readonly createdAt: string;
}

export interface LogicalDatabaseBody {
  readonly default: boolean;
  /** The API answers 404 until then. */
  readonly ready: boolean;
}

export type ConnectionPoolBody = Omit<ConnectionPoolArgs, "name">;

export type DatabaseRecord = StoredRecord<DatabaseBody>;

export class DatabaseRecords {
  readonly services: Records<DatabaseBody>;
  readonly users: Records<DatabaseUserBody>;
  readonly databases: Records<LogicalDatabaseBody>;
  readonly pools: Records<ConnectionPoolBody>;
  readonly #ports: Ports;

  constructor(context: CloudContext, ports: Ports) {
    this.#ports = ports;
    const notFound = (what: string) => (id: string) =>
      new CloudError(404, "Client::NotFound", `${what} ${id} does not exist`);
    this.services = new Records(context, "database", notFound("Database service"));
    this.users = new Records(context, "database-user", notFound("User"));
    this.databases = new Records(context, "logical-database", notFound("Database"));
    this.pools = new Records(context, "connection-pool", notFound("Connection pool"));
    context.onDue<DatabaseBody>("database", (record) => this.#settle(record));
    context.onDue<DatabaseUserBody>("database-user", (record) =>
      this.users.save({ ...record, due: undefined, body: { ...record.body, status: "READY" } }),
    );
    context.onDue<LogicalDatabaseBody>("logical-database", (record) =>
      this.databases.save({ ...record, due: undefined, body: { ...record.body, ready: true } }),
    );
  }

  #settle(record: DatabaseRecord): void {
    if (record.body.status === "DELETING") {
      this.#remove(record);
      return;
    }
    const status = record.body.failing ? "ERROR" : "READY";
    this.services.save({ ...record, due: undefined, body: { ...record.body, status, failing: false } });
  }

  #remove(record: DatabaseRecord): void {
    for (const parts of [this.pools, this.users, this.databases]) {
      for (const part of parts.list({ parent: record.id })) parts.remove(part.id);
    }
    for (const portId of record.body.portIds) {
      this.#ports.discard(portId);
    }
    this.services.remove(record.id);
  }

  /** The service that a guest reaches by that name. */
  byDomain(domain: string): DatabaseRecord | undefined {
    return this.services.list().find(({ body }) => body.domain === domain);
  }
}

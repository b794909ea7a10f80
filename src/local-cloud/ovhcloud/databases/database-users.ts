import type { CloudContext } from "../../kernel/context.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { badRequest, conflict } from "./check-database.ts";
import type { DatabaseRecord, DatabaseRecords, DatabaseUserBody, LogicalDatabaseBody } from "./database-records.ts";
import type { DatabaseLogin, DatabaseUserView, LogicalDatabaseView } from "./types.ts";

/** Users and databases that every new service has. */
export const administratorName = "avnadmin";
const firstDatabase = "defaultdb";
/** PostgreSQL's own database, which the service has not and lets nobody make. */
const reservedDatabase = "postgres";
const passwordLength = 24;

/** Class of the refusal of a name that is taken. Source: ovh/terraform-provider-ovh, issue 1306 (PostgreSQL); MySQL's assumed alike. */
const userExists = {
  mysql: "Client::Conflict::MysqlUserAlreadyExist",
  postgresql: "Client::Conflict::PostgresUserAlreadyExist",
} as const;

/** Users and logical databases inside a service. */
export class DatabaseUsers {
  readonly #context: CloudContext;
  readonly #records: DatabaseRecords;

  constructor(context: CloudContext, records: DatabaseRecords) {
    this.#context = context;
    this.#records = records;
  }

  /** Puts in what a new service has, and the logical databases of the one it was forked from. */
  furnish(service: DatabaseRecord, copied: readonly string[]): void {
    this.#insertUser(service, administratorName, []);
    for (const name of new Set([firstDatabase, ...copied])) {
      this.#records.databases.insert({
        id: this.#context.uuid("logical-database", service.id, name),
        region: service.region,
        name,
        parent: service.id,
        body: { default: name === firstDatabase, ready: true },
      });
    }
  }

  create(
    clusterId: string,
    args: { name: string; roles?: readonly string[] | undefined },
  ): DatabaseUserView & {
    readonly password: string;
  } {
    return this.#context.write(() => {
      const service = this.requireReady(clusterId);
      if (this.#records.users.list({ parent: clusterId, name: args.name }).length > 0) {
        throw conflict(userExists[service.body.engine], `user "${args.name}" already exist`);
      }
      const record = this.#insertUser(service, args.name, args.roles ?? []);
      return { ...view(record), password: record.body.password };
    });
  }

  #insertUser(service: DatabaseRecord, name: string, roles: readonly string[]): StoredRecord<DatabaseUserBody> {
    return this.#records.users.insert({
      id: this.#context.uuid("database-user", service.id, name),
      region: service.region,
      name,
      parent: service.id,
      due: this.#context.after("databaseUser"),
      body: {
        status: "CREATING",
        roles: [...roles],
        password: this.#context.secret(passwordLength),
        createdAt: this.#context.clock.iso(),
      },
    });
  }

  get(clusterId: string, userId: string): DatabaseUserView {
    return this.#context.read(() => view(this.#requireUser(clusterId, userId)));
  }

  list(clusterId: string): DatabaseUserView[] {
    return this.#context.read(() => {
      this.#records.services.require(clusterId);
      return this.#records.users.list({ parent: clusterId }).map(view);
    });
  }

  update(clusterId: string, userId: string, args: { roles?: readonly string[] | undefined }): DatabaseUserView {
    return this.#context.write(() => {
      this.requireReady(clusterId);
      const record = this.#requireUser(clusterId, userId);
      return view(this.#change(record, { roles: [...(args.roles ?? record.body.roles)] }));
    });
  }

  resetPassword(clusterId: string, userId: string): DatabaseUserView & { readonly password: string } {
    return this.#context.write(() => {
      this.requireReady(clusterId);
      const password = this.#context.secret(passwordLength);
      return { ...view(this.#change(this.#requireUser(clusterId, userId), { password })), password };
    });
  }

  #change(record: StoredRecord<DatabaseUserBody>, body: Partial<DatabaseUserBody>): StoredRecord<DatabaseUserBody> {
    return this.#records.users.save({
      ...record,
      due: this.#context.after("databaseUser"),
      body: { ...record.body, ...body, status: "UPDATING" },
    });
  }

  delete(clusterId: string, userId: string): void {
    this.#context.write(() => this.#records.users.remove(this.#requireUser(clusterId, userId).id));
  }

  logins(clusterId: string): readonly DatabaseLogin[] {
    return this.#context.read(() =>
      this.#records.users
        .list({ parent: clusterId })
        .map(({ name, body: { password, roles } }) => ({ name, password, roles })),
    );
  }

  createDatabase(clusterId: string, name: string): LogicalDatabaseView {
    return this.#context.write(() => {
      const service = this.requireReady(clusterId);
      if (service.body.engine === "postgresql" && name === reservedDatabase) {
        throw badRequest(`Invalid database name: ${name} is reserved`);
      }
      if (this.#records.databases.list({ parent: clusterId, name }).length > 0) {
        throw conflict("Client::Conflict::DatabaseAlreadyExist", `database "${name}" already exist`);
      }
      return databaseView(
        this.#records.databases.insert({
          id: this.#context.uuid("logical-database", clusterId, name),
          region: service.region,
          name,
          parent: clusterId,
          due: this.#context.after("databaseLogical"),
          body: { default: false, ready: false },
        }),
      );
    });
  }

  getDatabase(clusterId: string, databaseId: string): LogicalDatabaseView {
    return this.#context.read(() => databaseView(this.#requireDatabase(clusterId, databaseId)));
  }

  listDatabases(clusterId: string): LogicalDatabaseView[] {
    return this.#context.read(() => {
      this.#records.services.require(clusterId);
      return this.#records.databases
        .list({ parent: clusterId })
        .filter(({ body }) => body.ready)
        .map(databaseView);
    });
  }

  deleteDatabase(clusterId: string, databaseId: string): void {
    this.#context.write(() => this.#records.databases.remove(this.#requireDatabase(clusterId, databaseId).id));
  }

  /** @throws CloudError 409 while something goes on */
  requireReady(clusterId: string): DatabaseRecord {
    const service = this.#records.services.require(clusterId);
    if (service.body.status !== "READY") {
      throw conflict(
        "Client::Conflict",
        `Database service ${clusterId} is not READY: its status is ${service.body.status}`,
      );
    }
    return service;
  }

  #requireUser(clusterId: string, userId: string): StoredRecord<DatabaseUserBody> {
    this.#records.services.require(clusterId);
    const record = this.#records.users.require(userId);
    return record.parent === clusterId ? record : this.#records.users.require(`${userId} of ${clusterId}`);
  }

  #requireDatabase(clusterId: string, databaseId: string): StoredRecord<LogicalDatabaseBody> {
    this.#records.services.require(clusterId);
    const record = this.#records.databases.require(databaseId);
    return record.parent === clusterId && record.body.ready
      ? record
      : this.#records.databases.require(`${databaseId} of ${clusterId}`);
  }
}

function view(record: StoredRecord<DatabaseUserBody>): DatabaseUserView {
  const { password: _, ...body } = record.body;
  return { id: record.id, clusterId: record.parent, username: record.name, ...body };
}

function databaseView(record: StoredRecord<LogicalDatabaseBody>): LogicalDatabaseView {
  return { id: record.id, clusterId: record.parent, name: record.name, default: record.body.default };
}

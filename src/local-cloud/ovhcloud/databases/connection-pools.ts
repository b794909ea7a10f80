import type { CloudContext } from "../../kernel/context.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { badRequest, conflict, forbidden } from "./check-database.ts";
import type { ConnectionPoolBody, DatabaseRecords } from "./database-records.ts";
import type { DatabaseUsers } from "./database-users.ts";
import type { ConnectionPoolArgs, ConnectionPoolView, UpdateConnectionPoolArgs } from "./types.ts";

/** Source: ovh/docs, postgresql connection pools (PgBouncer's modes). */
const modes: readonly string[] = ["session", "statement", "transaction"];
/** Pools have a port of their own, next to the service's. Assumed. */
const poolPortOffset = 1;

/** Connection pools of PostgreSQL services; they exist for the API, and no connection goes through them. */
export class ConnectionPools {
  readonly #context: CloudContext;
  readonly #records: DatabaseRecords;
  readonly #users: DatabaseUsers;

  constructor(context: CloudContext, records: DatabaseRecords, users: DatabaseUsers) {
    this.#context = context;
    this.#records = records;
    this.#users = users;
  }

  create(clusterId: string, args: ConnectionPoolArgs): ConnectionPoolView {
    return this.#context.write(() => {
      const service = this.#users.requireReady(clusterId);
      if (this.#records.pools.list({ parent: clusterId, name: args.name }).length > 0) {
        throw conflict("Client::Conflict::ConnectionPoolAlreadyExist", `connection pool "${args.name}" already exist`);
      }
      const { name, ...body } = args;
      this.#check(clusterId, body);
      return this.#view(
        this.#records.pools.insert({
          id: this.#context.uuid("connection-pool", clusterId, name),
          region: service.region,
          name,
          parent: clusterId,
          body,
        }),
      );
    });
  }

  get(clusterId: string, id: string): ConnectionPoolView {
    return this.#context.read(() => this.#view(this.#require(clusterId, id)));
  }

  list(clusterId: string): ConnectionPoolView[] {
    return this.#context.read(() => {
      this.#records.services.require(clusterId);
      return this.#records.pools.list({ parent: clusterId }).map((record) => this.#view(record));
    });
  }

  update(clusterId: string, id: string, args: UpdateConnectionPoolArgs): ConnectionPoolView {
    return this.#context.write(() => {
      this.#users.requireReady(clusterId);
      const record = this.#require(clusterId, id);
      const body = { ...record.body, ...given(args) };
      this.#check(clusterId, body);
      return this.#view(this.#records.pools.save({ ...record, body }));
    });
  }

  delete(clusterId: string, id: string): void {
    this.#context.write(() => this.#records.pools.remove(this.#require(clusterId, id).id));
  }

  #check(clusterId: string, { databaseId, mode, size, userId }: ConnectionPoolBody): void {
    if (!modes.includes(mode)) {
      throw badRequest(`[mode] Given data (${mode}) is none of ${modes.join(", ")}`);
    }
    if (!(Number.isInteger(size) && size >= 1)) throw badRequest(`[size] Given data (${size}) is not a size`);
    const known = this.#records.databases.find(databaseId);
    if (known?.parent !== clusterId || !known.body.ready) {
      throw forbidden(`Service database '${known?.name ?? databaseId}' does not exist`);
    }
    if (userId !== undefined) this.#users.get(clusterId, userId);
  }

  #require(clusterId: string, id: string): StoredRecord<ConnectionPoolBody> {
    this.#records.services.require(clusterId);
    const record = this.#records.pools.require(id);
    return record.parent === clusterId ? record : this.#records.pools.require(`${id} of ${clusterId}`);
  }

  #view(record: StoredRecord<ConnectionPoolBody>): ConnectionPoolView {
    const service = this.#records.services.require(record.parent);
    const { userId, ...body } = record.body;
    const user = userId === undefined ? "<username>" : (this.#records.users.find(userId)?.name ?? "<username>");
    const port = service.body.port + poolPortOffset;
    return {
      id: record.id,
      clusterId: record.parent,
      name: record.name,
      ...body,
      userId,
      port,
      sslMode: "require",
      uri: `postgres://${user}:<password>@${service.body.domain}:${port}/${record.name}?sslmode=require`,
    };
  }
}

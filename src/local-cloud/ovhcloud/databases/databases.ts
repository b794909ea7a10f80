import type { CloudContext } from "../../kernel/context.ts";
import { given } from "../../kernel/records.ts";
import { databaseRegions, requireRegion } from "../../kernel/regions.ts";
import type { Neutron } from "../../openstack/neutron/neutron.ts";
import { capabilities } from "./capabilities.ts";
import {
  badRequest,
  checkBackupRegions,
  checkOffer,
  checkRestrictions,
  checkTime,
  conflict,
} from "./check-database.ts";
import { ConnectionPools } from "./connection-pools.ts";
import { DatabaseNodes } from "./database-nodes.ts";
import { type DatabaseBody, type DatabaseRecord, DatabaseRecords } from "./database-records.ts";
import { DatabaseUsers } from "./database-users.ts";
import { backupsOf, viewOf } from "./database-view.ts";
import type {
  ConnectionPoolArgs,
  ConnectionPoolView,
  CreateDatabaseArgs,
  DatabaseBackupView,
  DatabaseCapabilities,
  DatabaseLogin,
  DatabaseUserView,
  DatabaseView,
  LogicalDatabaseView,
  OvhDatabasesApi,
  UpdateConnectionPoolArgs,
  UpdateDatabaseArgs,
} from "./types.ts";

/** The port is the service's own, not the engine's usual one: read it from the endpoint. */
const endpointPort = 20_184;
const day = 24 * 3600 * 1000;

/** OVHcloud's managed databases (MySQL, PostgreSQL); see BEHAVIOUR.md. */
export class OvhDatabases implements OvhDatabasesApi {
  readonly records: DatabaseRecords;
  readonly #context: CloudContext;
  readonly #neutron: Neutron;
  readonly #nodes: DatabaseNodes;
  readonly #users: DatabaseUsers;
  readonly #pools: ConnectionPools;

  /** `elsewhere`: the subnets are another OpenStack's. */
  constructor(context: CloudContext, neutron: Neutron, { elsewhere }: { readonly elsewhere: boolean }) {
    this.#context = context;
    this.#neutron = neutron;
    this.records = new DatabaseRecords(context, neutron.ports);
    this.#nodes = new DatabaseNodes(elsewhere ? undefined : neutron);
    this.#users = new DatabaseUsers(context, this.records);
    this.#pools = new ConnectionPools(context, this.records, this.#users);
  }

  create(args: CreateDatabaseArgs): DatabaseView {
    const node = args.nodes[0];
    if (node === undefined) {
      throw badRequest("A service has at least one node");
    }
    const region = requireRegion(node.region, databaseRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      const { engine, plan, flavor, diskSize } = checkOffer({ ...args, diskSize: args.diskSize });
      this.#nodes.check(args, plan.nodes);
      const description = args.description ?? "";
      const copied = this.#forked(args);
      const id = this.#context.uuid("database", region, description);
      const record = this.records.services.insert({
        id,
        region,
        name: description,
        due: this.#context.after("databaseCreate"),
        body: {
          engine,
          description,
          version: args.version,
          plan: plan.name,
          flavor: flavor.name,
          status: "CREATING",
          networkId: node.networkId,
          subnetId: node.subnetId,
          ...this.#nodes.take(id, region, node, 0, plan.nodes),
          diskSize,
          ipRestrictions: checkRestrictions(args.ipRestrictions ?? []),
          backupTime: checkTime("backup time", args.backupTime ?? "03:00:00"),
          backupRegions: checkBackupRegions(args.backupRegions ?? [region], region),
          maintenanceTime: checkTime("maintenance time", args.maintenanceTime ?? "04:00:00"),
          deletionProtection: args.deletionProtection ?? false,
          advancedConfiguration: { ...args.advancedConfiguration },
          domain: `${engine}-${id.slice(0, 8)}-o${id.slice(24, 32)}.database.cloud.ovh.net`,
          port: endpointPort,
          retentionDays: plan.backupRetentionDays,
          createdAt: this.#context.clock.now(),
          failing: this.#context.injected("error-state"),
        },
      });
      this.#users.furnish(record, copied);
      return this.#view(record);
    });
  }

  /** Logical databases of the service that is restored; its data are not modelled. */
  #forked(args: CreateDatabaseArgs): string[] {
    const { forkFrom } = args;
    if (forkFrom === undefined) {
      return [];
    }
    const source = this.records.services.require(forkFrom.serviceId);
    if (source.body.engine !== args.engine) {
      throw badRequest(`A ${source.body.engine} service cannot be forked to ${args.engine}`);
    }
    const now = this.#context.clock.now();
    const oldest = Math.max(source.body.createdAt, now - source.body.retentionDays * day);
    if (forkFrom.pointInTime !== undefined) {
      const at = Date.parse(forkFrom.pointInTime);
      if (!(at >= oldest && at <= now)) {
        throw badRequest(
          `The point in time ${forkFrom.pointInTime} is not between ${this.#context.clock.iso(oldest)} and ${this.#context.clock.iso(now)}`,
        );
      }
    } else if (!this.backups(source.id).some(({ id }) => id === forkFrom.backupId)) {
      throw badRequest(`The service ${source.id} has no backup ${forkFrom.backupId}`);
    }
    return this.#users.listDatabases(source.id).map(({ name }) => name);
  }

  get(id: string): DatabaseView {
    return this.#context.read(() => this.#view(this.records.services.require(id)));
  }

  list(
    filter: { engine?: string | undefined; description?: string | undefined; region?: string | undefined } = {},
  ): DatabaseView[] {
    return this.#context.read(() =>
      this.records.services
        .list({ region: filter.region, name: filter.description })
        .filter(({ body }) => filter.engine === undefined || body.engine === filter.engine)
        .map((record) => this.#view(record)),
    );
  }

  update(id: string, args: UpdateDatabaseArgs): DatabaseView {
    return this.#context.write(() => {
      const record = this.records.services.require(id);
      const old = record.body;
      if (old.status !== "READY") {
        throw conflict("Client::Conflict", `Database service ${id} is not READY: its status is ${old.status}`);
      }
      const wanted = { ...old, ...given(args) };
      const { plan, flavor } = checkOffer({
        ...wanted,
        diskSize: args.flavor === undefined ? wanted.diskSize : Math.max(wanted.diskSize, minimumDisk(wanted.flavor)),
      });
      const diskSize = Math.max(wanted.diskSize, flavor.minDiskSize);
      this.#checkDirection(old, { flavor: flavor.name, diskSize: args.diskSize ?? diskSize, version: wanted.version });
      const nodes = this.#nodes.change(record, plan.nodes);
      const body: DatabaseBody = {
        ...wanted,
        ...nodes,
        diskSize,
        retentionDays: plan.backupRetentionDays,
        ipRestrictions:
          args.ipRestrictions === undefined || args.ipRestrictions.length === 0
            ? old.ipRestrictions
            : checkRestrictions(args.ipRestrictions),
        backupTime: checkTime("backup time", wanted.backupTime),
        backupRegions: checkBackupRegions(wanted.backupRegions, record.region),
        maintenanceTime: checkTime("maintenance time", wanted.maintenanceTime),
        status: "UPDATING",
        failing: this.#context.injected("error-state"),
      };
      const nodesReplaced =
        body.plan !== old.plan ||
        body.flavor !== old.flavor ||
        body.version !== old.version ||
        body.diskSize !== old.diskSize;
      return this.#view(
        this.records.services.save({
          ...record,
          name: body.description,
          due: this.#context.after(nodesReplaced ? "databaseChange" : "databaseUpdate"),
          body,
        }),
      );
    });
  }

  setAdvancedConfiguration(id: string, configuration: Readonly<Record<string, string>>): DatabaseView {
    return this.#context.write(() => {
      const record = this.#users.requireReady(id);
      return this.#view(this.records.services.change(record, { advancedConfiguration: { ...configuration } }));
    });
  }

  #checkDirection(old: DatabaseBody, wanted: { flavor: string; diskSize: number; version: string }): void {
    const order = capabilities.flavors.map(({ name }) => name);
    if (order.indexOf(wanted.flavor) < order.indexOf(old.flavor)) {
      throw badRequest(`The flavor cannot go down, from ${old.flavor} to ${wanted.flavor}`);
    }
    if (wanted.diskSize < old.diskSize) {
      throw badRequest(`The disk cannot shrink, from ${old.diskSize} to ${wanted.diskSize} GB`);
    }
    if (Number(wanted.version) < Number(old.version)) {
      throw badRequest(`The version cannot go down, from ${old.version} to ${wanted.version}`);
    }
  }

  delete(id: string): void {
    this.#context.write(() => {
      const record = this.records.services.require(id);
      if (record.body.status === "DELETING") {
        return;
      }
      if (record.body.deletionProtection) {
        throw conflict("Client::Conflict", `Database service ${id} has deletion protection: take it off first`);
      }
      this.records.services.save({
        ...record,
        due: this.#context.after("databaseDelete"),
        body: { ...record.body, status: "DELETING" },
      });
    });
  }

  backups(id: string): DatabaseBackupView[] {
    return this.#context.read(() => backupsOf(this.#context, this.records.services.require(id)));
  }

  capabilities(): DatabaseCapabilities {
    return capabilities;
  }

  createUser(
    clusterId: string,
    args: { name: string; roles?: readonly string[] | undefined },
  ): DatabaseUserView & { readonly password: string } {
    return this.#users.create(clusterId, args);
  }

  getUser(clusterId: string, userId: string): DatabaseUserView {
    return this.#users.get(clusterId, userId);
  }

  listUsers(clusterId: string): DatabaseUserView[] {
    return this.#users.list(clusterId);
  }

  updateUser(clusterId: string, userId: string, args: { roles?: readonly string[] | undefined }): DatabaseUserView {
    return this.#users.update(clusterId, userId, args);
  }

  resetPassword(clusterId: string, userId: string): DatabaseUserView & { readonly password: string } {
    return this.#users.resetPassword(clusterId, userId);
  }

  deleteUser(clusterId: string, userId: string): void {
    this.#users.delete(clusterId, userId);
  }

  logins(clusterId: string): readonly DatabaseLogin[] {
    return this.#users.logins(clusterId);
  }

  createLogicalDatabase(clusterId: string, name: string): LogicalDatabaseView {
    return this.#users.createDatabase(clusterId, name);
  }

  getLogicalDatabase(clusterId: string, databaseId: string): LogicalDatabaseView {
    return this.#users.getDatabase(clusterId, databaseId);
  }

  listLogicalDatabases(clusterId: string): LogicalDatabaseView[] {
    return this.#users.listDatabases(clusterId);
  }

  deleteLogicalDatabase(clusterId: string, databaseId: string): void {
    this.#users.deleteDatabase(clusterId, databaseId);
  }

  createConnectionPool(clusterId: string, args: ConnectionPoolArgs): ConnectionPoolView {
    return this.#pools.create(clusterId, args);
  }

  getConnectionPool(clusterId: string, poolId: string): ConnectionPoolView {
    return this.#pools.get(clusterId, poolId);
  }

  listConnectionPools(clusterId: string): ConnectionPoolView[] {
    return this.#pools.list(clusterId);
  }

  updateConnectionPool(clusterId: string, poolId: string, args: UpdateConnectionPoolArgs): ConnectionPoolView {
    return this.#pools.update(clusterId, poolId, args);
  }

  deleteConnectionPool(clusterId: string, poolId: string): void {
    this.#pools.delete(clusterId, poolId);
  }

  #view(record: DatabaseRecord): DatabaseView {
    const port = this.#neutron.records.ports.find(record.body.portIds[0] ?? "");
    return viewOf(this.#context, record, port?.body.fixedIps[0]?.ipAddress);
  }
}

function minimumDisk(flavor: string): number {
  return capabilities.flavors.find(({ name }) => name === flavor)?.minDiskSize ?? 0;
}

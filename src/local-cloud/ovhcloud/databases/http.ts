import { type Call, type Json, jsonObject, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import {
  flagIn,
  given,
  listIn,
  mapIn,
  needNumberIn,
  needTextIn,
  numberIn,
  objectIn,
  textIn,
  textsIn,
} from "../body-values.ts";
import { get, post, project, put, remove } from "../ovh-route.ts";
import { backupRoutes } from "./backups-http.ts";
import { availability, capabilities, engineOffers } from "./capabilities.ts";
import { cluster } from "./cluster.ts";
import { connectionPoolRoutes } from "./connection-pools-http.ts";
import type { CreateDatabaseArgs, DatabaseUserView, DatabaseView, IpRestriction, UpdateDatabaseArgs } from "./types.ts";

const database = `${project}/database/:engine/:cluster`;

/** Managed databases, what is in them, and what may be ordered. */
export const databaseRoutes: readonly Route[] = [
  get(`${project}/database/service`, ({ cloud }) => cloud.ovhDatabases.list().map(({ id }) => id)),
  get(`${project}/database/capabilities`, () => capabilitiesBody()),
  get(`${project}/database/availability`, ({ query }) => availability(query)),
  get(`${project}/database/:engine`, (call) =>
    call.cloud.ovhDatabases.list({ engine: engineOf(call) }).map(({ id }) => id),
  ),
  post(`${project}/database/:engine`, (call) => databaseBody(call.cloud.ovhDatabases.create(orderIn(call)))),
  get(database, (call) => databaseBody(cluster(call))),
  put(database, (call) => call.cloud.ovhDatabases.update(cluster(call).id, changesIn(call.body))),
  remove(database, (call) => call.cloud.ovhDatabases.delete(cluster(call).id)),
  get(`${database}/node`, (call) => cluster(call).nodes.map(({ id }) => id)),
  get(`${database}/node/:id`, nodeBody),
  get(`${database}/advancedConfiguration`, (call) => cluster(call).advancedConfiguration),
  put(`${database}/advancedConfiguration`, (call) =>
    call.cloud.ovhDatabases.setAdvancedConfiguration(cluster(call).id, mapIn({ all: call.body }, "all") ?? {}),
  ),
  get(`${database}/certificates`, certificateBody),
  get(`${database}/ipRestriction`, (call) => cluster(call).ipRestrictions.map(({ ip }) => ip)),
  get(`${database}/user`, (call) => call.cloud.ovhDatabases.listUsers(cluster(call).id).map(({ id }) => id)),
  post(`${database}/user`, (call) => {
    const service = cluster(call);
    const made = call.cloud.ovhDatabases.createUser(service.id, {
      name: needTextIn(call.body, "name"),
      roles: textsIn(call.body, "roles"),
    });
    return { ...userBody(made, service), password: made.password };
  }),
  get(`${database}/user/:id`, (call) => {
    const service = cluster(call);
    return userBody(call.cloud.ovhDatabases.getUser(service.id, param(call, "id")), service);
  }),
  put(`${database}/user/:id`, (call) =>
    call.cloud.ovhDatabases.updateUser(cluster(call).id, param(call, "id"), { roles: textsIn(call.body, "roles") }),
  ),
  post(`${database}/user/:id/credentials/reset`, (call) => {
    const service = cluster(call);
    const reset = call.cloud.ovhDatabases.resetPassword(service.id, param(call, "id"));
    return { ...userBody(reset, service), password: reset.password };
  }),
  remove(`${database}/user/:id`, (call) => call.cloud.ovhDatabases.deleteUser(cluster(call).id, param(call, "id"))),
  get(`${database}/database`, (call) =>
    call.cloud.ovhDatabases.listLogicalDatabases(cluster(call).id).map(({ id }) => id),
  ),
  post(`${database}/database`, (call) => {
    const made = call.cloud.ovhDatabases.createLogicalDatabase(cluster(call).id, needTextIn(call.body, "name"));
    return { id: made.id, name: made.name, default: made.default };
  }),
  get(`${database}/database/:id`, (call) => {
    const found = call.cloud.ovhDatabases.getLogicalDatabase(cluster(call).id, param(call, "id"));
    return { id: found.id, name: found.name, default: found.default };
  }),
  remove(`${database}/database/:id`, (call) =>
    call.cloud.ovhDatabases.deleteLogicalDatabase(cluster(call).id, param(call, "id")),
  ),
  ...backupRoutes(database),
  ...connectionPoolRoutes(`${project}/database/postgresql/:cluster/connectionPool`),
];

/** Engines that OVHcloud offers beside these are not modelled. */
function engineOf(call: Call): string {
  const engine = param(call, "engine");
  if (capabilities.engines.some(({ name }) => name === engine)) return engine;
  throw new CloudError(501, "Server::NotImplemented", `The local cloud does not model databases of ${engine}`);
}

function orderIn(call: Call): CreateDatabaseArgs {
  const { body } = call;
  const pattern = objectIn(body, "nodesPattern");
  const listed = listIn(body, "nodesList")?.map(jsonObject);
  const where = { networkId: textIn(body, "networkId"), subnetId: textIn(body, "subnetId") };
  const nodes =
    listed?.map((node) => needTextIn(node, "region")) ??
    Array.from({ length: needNumberIn(pattern, "number") }, () => needTextIn(pattern, "region"));
  return {
    ...settingsIn(body),
    engine: engineOf(call),
    version: needTextIn(body, "version"),
    plan: needTextIn(body, "plan"),
    flavor: needTextIn(listed?.[0] ?? pattern, "flavor"),
    nodes: nodes.map((region) => ({ region, ...where })),
    forkFrom: forkIn(body),
  };
}

function forkIn(body: Json): CreateDatabaseArgs["forkFrom"] {
  if (given(body, "forkFrom") === undefined) return undefined;
  const source = objectIn(body, "forkFrom");
  return {
    serviceId: needTextIn(source, "serviceId"),
    backupId: textIn(source, "backupId"),
    pointInTime: textIn(source, "pointInTime"),
  };
}

function changesIn(body: Json): UpdateDatabaseArgs {
  return {
    ...settingsIn(body),
    version: textIn(body, "version"),
    plan: textIn(body, "plan"),
    flavor: textIn(body, "flavor"),
    deletionProtection: flagIn(body, "deletionProtection"),
  };
}

function settingsIn(body: Json): UpdateDatabaseArgs {
  const backups = objectIn(body, "backups");
  return {
    description: textIn(body, "description"),
    diskSize: numberIn(objectIn(body, "disk"), "size"),
    ipRestrictions: listIn(body, "ipRestrictions")?.map(restrictionOf),
    backupTime: textIn(backups, "time"),
    backupRegions: textsIn(backups, "regions"),
    maintenanceTime: textIn(body, "maintenanceTime"),
  };
}

function restrictionOf(value: unknown): IpRestriction {
  const restriction = jsonObject(value);
  return { ip: needTextIn(restriction, "ip"), description: textIn(restriction, "description") };
}

function nodeBody(call: Call): Json {
  const service = cluster(call);
  const index = service.nodes.findIndex(({ id }) => id === param(call, "id"));
  const node = service.nodes[index];
  if (node === undefined) throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
  return {
    id: node.id,
    name: `node-${index + 1}`,
    region: node.region,
    networkId: node.networkId ?? null,
    subnetId: node.subnetId ?? null,
    flavor: service.flavor,
    port: service.endpoints[0]?.port ?? 0,
    status: node.status,
    createdAt: service.createdAt,
  };
}

function certificateBody(call: Call): Json {
  cluster(call);
  if (call.authority !== undefined) return { ca: call.authority };
  throw new CloudError(501, "Server::NotImplemented", "The local cloud has no certificate authority");
}

/** Roles are a user's of PostgreSQL only. Source: ovh/terraform-provider-ovh, types_cloud_project_database.go. */
function userBody(user: DatabaseUserView, { engine }: DatabaseView): Json {
  const { id, username, status, createdAt } = user;
  return { id, username, status, createdAt, ...(engine === "postgresql" ? { roles: user.roles } : {}) };
}

function databaseBody(service: DatabaseView): Json {
  return {
    id: service.id,
    description: service.description,
    engine: service.engine,
    category: "operational",
    version: service.version,
    plan: service.plan,
    flavor: service.flavor,
    status: service.status,
    region: service.region,
    nodeNumber: service.nodeNumber,
    networkType: service.networkType,
    networkId: service.networkId ?? null,
    subnetId: service.subnetId ?? null,
    disk: { size: service.diskSize, type: service.diskType },
    endpoints: service.endpoints,
    ipRestrictions: service.ipRestrictions,
    backups: {
      time: service.backupTime,
      regions: service.backupRegions,
      retentionDays: service.retentionDays,
      pitr: service.pitr,
    },
    maintenanceTime: service.maintenanceTime,
    deletionProtection: service.deletionProtection,
    createdAt: service.createdAt,
  };
}

function capabilitiesBody(): Json {
  return {
    engines: engineOffers,
    flavors: capabilities.flavors.map(({ name, core, memory, minDiskSize }) => ({
      name,
      core,
      memory,
      storage: minDiskSize,
    })),
    // An option of Kafka; which ones there are is assumed.
    options: [{ name: "restApi", type: "boolean" }],
    plans: capabilities.plans.map(({ name, backupRetentionDays }) => ({
      name,
      description: `${name} plan`,
      backupRetention: `P${backupRetentionDays}D`,
    })),
  };
}

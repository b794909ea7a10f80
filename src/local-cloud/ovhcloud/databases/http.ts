import { type Call, type Json, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { get, project, remove } from "../ovh-route.ts";
import type { DatabaseView } from "./types.ts";

const database = `${project}/database/:engine/:cluster`;

/** Managed databases, their users and backups; a user that lost its secret can be deleted. */
export const databaseRoutes: readonly Route[] = [
  get(`${project}/database/:engine`, (call) =>
    call.cloud.ovhDatabases.list({ engine: param(call, "engine") }).map(({ id }) => id),
  ),
  get(database, (call) => databaseBody(cluster(call))),
  get(`${database}/user`, (call) => call.cloud.ovhDatabases.listUsers(cluster(call).id).map(({ id }) => id)),
  get(`${database}/user/:id`, (call) => {
    const user = call.cloud.ovhDatabases.getUser(cluster(call).id, param(call, "id"));
    return {
      id: user.id,
      username: user.username,
      status: user.status,
      roles: user.roles,
      createdAt: user.createdAt,
    };
  }),
  remove(`${database}/user/:id`, (call) => call.cloud.ovhDatabases.deleteUser(cluster(call).id, param(call, "id"))),
  get(`${database}/database`, (call) =>
    call.cloud.ovhDatabases.listLogicalDatabases(cluster(call).id).map(({ id }) => id),
  ),
  get(`${database}/database/:id`, (call) => {
    const found = call.cloud.ovhDatabases.getLogicalDatabase(cluster(call).id, param(call, "id"));
    return { id: found.id, name: found.name, default: found.default };
  }),
  get(`${database}/backup`, (call) => [
    ...new Set(call.cloud.ovhDatabases.backups(cluster(call).id).map(({ id }) => id)),
  ]),
  get(`${database}/backup/:id`, (call) => {
    const found = call.cloud.ovhDatabases.backups(cluster(call).id).find(({ id }) => id === param(call, "id"));
    if (found === undefined) throw notFound();
    const { id, createdAt, region, type, status } = found;
    return { id, createdAt, regions: [{ id: region, status }], type, status };
  }),
];

function cluster(call: Call): DatabaseView {
  const found = call.cloud.ovhDatabases.get(param(call, "cluster"));
  if (found.engine !== param(call, "engine")) {
    throw notFound();
  }
  return found;
}

function notFound(): CloudError {
  return new CloudError(404, "Client::NotFound", "The requested object does not exist");
}

function databaseBody(service: DatabaseView): Json {
  return {
    id: service.id,
    description: service.description,
    engine: service.engine,
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

import { randomUUID } from "node:crypto";
import type { ErrorFormat } from "../http/error-format.ts";
import { type Call, type HttpApi, type Json, param, type Reply, type Route } from "../http/route.ts";
import { CloudError } from "../kernel/cloud-error.ts";
import type { DatabaseView } from "./databases/types.ts";
import { signUpload } from "./storage/http.ts";

const project = "/1.0/cloud/project/:project";
const database = `${project}/database/:engine/:cluster`;

const ovhErrors: ErrorFormat = {
  body: ({ code, message }) => ({ class: code, message }),
  codes: {
    400: "Client::BadRequest",
    401: "Client::Unauthorized",
    404: "Client::NotFound",
    500: "Server::InternalError",
  },
};

/** Every answer of OVHcloud's API carries an id for its support. */
const queryId = () => ({ "x-ovh-queryid": `LOCAL.${randomUUID()}` });

/** OVHcloud's API calls that need no authentication. */
export const ovhPublic: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: "public",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/1.0/auth/time",
      handle: ({ cloud }) => ({ body: Math.floor(cloud.clock.now() / 1000) }),
    },
  ],
};

/** OVHcloud API v1: lists that the search by name asks, and the deletion of what lost its secret. */
export const ovh: HttpApi = {
  name: "ovh-api",
  errors: ovhErrors,
  headers: queryId,
  access: "token",
  journaled: true,
  routes: [
    get("/1.0/vrack/:vrack/cloudProject", ({ cloud, params }) =>
      cloud.ovhVrack
        .list()
        .filter(({ vrack, status }) => vrack === params.vrack && status !== "DETACHING")
        .map(({ projectId }) => projectId),
    ),
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
      if (found === undefined) throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
      const { id, createdAt, region, type, status } = found;
      return { id, createdAt, regions: [{ id: region, status }], type, status };
    }),
    // Copies of instances are images of the project.
    get(`${project}/snapshot`, (call) =>
      call.cloud.ovhBackups
        .list({ region: call.query.region })
        .flatMap(({ id, region }) =>
          call.cloud.ovhBackups
            .copies(id)
            .map((copy) => ({ id: copy.id, name: copy.name, region, status: "active", creationDate: copy.createdAt })),
        ),
    ),
    get(`${project}/region/:region/storage`, (call) =>
      call.cloud.ovhStorage.list({ region: param(call, "region") }).map((bucket) => ({
        name: bucket.name,
        region: bucket.region,
        ownerId: bucket.ownerId,
        versioning: { status: bucket.versioning },
        virtualHost: bucket.virtualHost,
        objectsCount: bucket.objectsCount,
        objectsSize: bucket.objectsSize,
        createdAt: bucket.createdAt,
      })),
    ),
    get(`${project}/region/:region/storage/:bucket/object`, (call) => {
      const { name } = call.cloud.ovhStorage.get(param(call, "bucket"), param(call, "region"));
      return [...call.cloud.ovhStorage.listObjects(name), ...call.cloud.guestCopies.marks(name)]
        .filter(({ key }) => key.startsWith(call.query.prefix ?? ""))
        .toSorted((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, Number(call.query.limit ?? 1000));
    }),
    post(`${project}/region/:region/storage/:bucket/presign`, signUpload),
    get(`${project}/region/:region/loadbalancing/loadbalancer`, (call) =>
      call.cloud.ovhLoadBalancers.list({ region: param(call, "region") }).map((balancer) => ({
        id: balancer.id,
        name: balancer.name,
        region: balancer.region,
        flavorId: balancer.flavorId,
        vipAddress: balancer.vipAddress,
        vipNetworkId: balancer.vipNetworkId,
        vipSubnetId: balancer.vipSubnetId,
        floatingIp: balancer.floatingIp ?? null,
        provisioningStatus: lowerCase(balancer.provisioningStatus),
        operatingStatus: lowerCase(balancer.operatingStatus),
        createdAt: balancer.createdAt,
        updatedAt: balancer.updatedAt,
      })),
    ),
    get(`${project}/region/:region/workflow/backup`, (call) =>
      call.cloud.ovhBackups.list({ region: param(call, "region") }).map((backup) => ({
        id: backup.id,
        name: backup.name,
        backupName: backup.backupName,
        cron: backup.cron,
        instanceId: backup.instanceId,
        createdAt: backup.createdAt,
      })),
    ),
    get(`${project}/user`, (call) =>
      call.cloud.ovhUsers.list().map((user) => ({
        id: Number(user.id),
        username: user.username,
        description: user.description,
        status: user.status,
        roles: user.roles,
        creationDate: user.creationDate,
      })),
    ),
    get(`${project}/user/:user/s3Credentials`, (call) =>
      call.cloud.ovhUsers
        .listS3Credentials(param(call, "user"))
        .map(({ access, userId, tenantId }) => ({ access, userId, tenantId })),
    ),
    get(`${project}/user/:user/policy`, (call) => ({ policy: call.cloud.ovhUsers.getS3Policy(param(call, "user")) })),
    remove(`${project}/user/:user/s3Credentials/:access`, (call) =>
      call.cloud.ovhUsers.deleteS3Credential(param(call, "user"), param(call, "access")),
    ),
  ],
};

function get(path: string, read: (call: Call) => unknown): Route {
  return { method: "GET", path, handle: (call): Reply => ({ body: read(inProject(call)) }) };
}

function post(path: string, read: (call: Call) => unknown): Route {
  return { method: "POST", path, handle: (call): Reply => ({ body: read(inProject(call)) }) };
}

function remove(path: string, effect: (call: Call) => void): Route {
  return {
    method: "DELETE",
    path,
    handle: (call): Reply => {
      effect(inProject(call));
      return { body: null };
    },
  };
}

/** OVHcloud answers a foreign project as a missing one. */
function inProject(call: Call): Call {
  const asked = call.params.project;
  if (asked !== undefined && asked !== call.cloud.keystone.projectId) {
    throw new CloudError(404, "Client::NotFound", "This service does not exist");
  }
  return call;
}

function cluster(call: Call): DatabaseView {
  const found = call.cloud.ovhDatabases.get(param(call, "cluster"));
  if (found.engine !== param(call, "engine")) {
    throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
  }
  return found;
}

/** OVHcloud writes Octavia's states in its own way: `PENDING_UPDATE` is `pendingUpdate`. Source: the schema of its API, LoadbalancerProvisioningStatusEnum. */
function lowerCase(status: string): string {
  return status.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
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

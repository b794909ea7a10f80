import { databaseAdministrator } from "../../domain/database-administrator.ts";
import { plainText } from "../../domain/dns-text.ts";
import { type Find, type FinderClouds, isMeant, single, unlessMissing } from "../finder-query.ts";
import { type JsonObject, object, objects, text } from "../http/json-answer.ts";

/** OVHcloud lists some services as ids; each is read for its name. */
async function idsThenDetails(clouds: FinderClouds, path: string): Promise<readonly JsonObject[]> {
  const ids = (await unlessMissing(() => clouds.ovh.get(path))) ?? [];
  const details: JsonObject[] = [];
  for (const id of Array.isArray(ids) ? ids : []) {
    const detail = await unlessMissing(() => clouds.ovh.get(`${path}/${encodeURIComponent(text(id))}`));
    // One that was deleted between the two calls is no candidate.
    if (detail !== undefined) details.push(object(detail));
  }
  return details;
}

async function list(clouds: FinderClouds, path: string): Promise<readonly JsonObject[]> {
  return objects(await unlessMissing(() => clouds.ovh.get(path)));
}

function project(clouds: FinderClouds, inputs: JsonObject): string {
  return text(inputs.serviceName) || clouds.projectId;
}

function projectPath(clouds: FinderClouds, inputs: JsonObject): string {
  return `/cloud/project/${encodeURIComponent(project(clouds, inputs))}`;
}

/** Attachment of the project to the vRack: there is at most one, identified by its parents. */
const vrackProject: Find = async (clouds, inputs) => {
  const vrack = text(inputs.serviceName);
  const wanted = text(inputs.projectId) || clouds.projectId;
  const attached = await unlessMissing(() => clouds.ovh.get(`/vrack/${encodeURIComponent(vrack)}/cloudProject`));
  return Array.isArray(attached) && attached.includes(wanted) ? { id: `${vrack}/${wanted}` } : undefined;
};

const database: Find = async (clouds, inputs, chosen) => {
  const engine = text(inputs.engine);
  const name = text(inputs.description);
  const services = await idsThenDetails(clouds, `${projectPath(clouds, inputs)}/database/${engine}`);
  const found = services.filter(
    (service) => isMeant(service, name, chosen, { field: "description" }) && service.status !== "DELETING",
  );
  return single(
    "databases",
    chosen ?? name,
    found,
    (service) => `${project(clouds, inputs)}/${engine}/${text(service.id)}`,
  );
};

/**
 * The password of a database user is returned once, at creation. A user whose creation was interrupted owns nothing yet: it is deleted and created
 * again.
 */
const databaseUser =
  (engineOf: (inputs: JsonObject) => string, idPrefix: (inputs: JsonObject) => string): Find =>
  async (clouds, inputs, chosen) => {
    const engine = engineOf(inputs);
    const cluster = text(inputs.clusterId);
    const name = text(inputs.name);
    const users = await idsThenDetails(clouds, `${projectPath(clouds, inputs)}/database/${engine}/${cluster}/user`);
    const found = users.filter((user) => isMeant(user, name, chosen, { field: "username" }));
    const id = single("database users", chosen ?? name, found, (user) =>
      [project(clouds, inputs), idPrefix(inputs), cluster, text(user.id)].filter((part) => part !== "").join("/"),
    )?.id;
    if (id === undefined) return undefined;
    return name === databaseAdministrator ? { id, alwaysThere: true } : { id, secretLost: true };
  };

const databaseInstance: Find = async (clouds, inputs, chosen) => {
  const engine = text(inputs.engine);
  const cluster = text(inputs.clusterId);
  const name = text(inputs.name);
  const path = `${projectPath(clouds, inputs)}/database/${engine}/${cluster}/database`;
  const found = (await idsThenDetails(clouds, path)).filter((entry) => isMeant(entry, name, chosen));
  return single(
    "logical databases",
    chosen ?? name,
    found,
    (entry) => `${project(clouds, inputs)}/${engine}/${cluster}/${text(entry.id)}`,
  );
};

const inRegion =
  (collection: string, what: string, importPath: boolean): Find =>
  async (clouds, inputs, chosen) => {
    const region = text(inputs.regionName);
    const name = text(inputs.name);
    const path = `${projectPath(clouds, inputs)}/region/${encodeURIComponent(region)}/${collection}`;
    const found = (await list(clouds, path)).filter(
      (entry) => isMeant(entry, name, chosen) && !/DELET/i.test(text(entry.provisioningStatus)),
    );
    return single(what, chosen ?? name, found, (entry) => {
      const id = text(entry.id) || text(entry.name);
      return importPath ? `${project(clouds, inputs)}/${region}/${id}` : id;
    });
  };

const user: Find = async (clouds, inputs, chosen) => {
  const name = text(inputs.description);
  const users = await list(clouds, `${projectPath(clouds, inputs)}/user`);
  const found = users.filter(
    (entry) => isMeant(entry, name, chosen, { field: "description" }) && entry.status !== "deleted",
  );
  return single("users", chosen ?? name, found, (entry) => `${project(clouds, inputs)}/${text(entry.id)}`);
};

/** Keys have no name: a user that Lor creates has one key, whose secret is returned once. */
const s3Credential: Find = async (clouds, inputs, chosen) => {
  const owner = text(inputs.userId);
  const path = `${projectPath(clouds, inputs)}/user/${encodeURIComponent(owner)}/s3Credentials`;
  const keys = (await list(clouds, path)).filter((key) => chosen === undefined || key.access === chosen);
  const id = single("S3 keys of user", owner, keys, (key) => `${project(clouds, inputs)}/${owner}/${text(key.access)}`);
  return id === undefined ? undefined : { ...id, secretLost: true };
};

/** A user has one policy; setting it again changes nothing. */
const s3Policy: Find = async (clouds, inputs) => {
  const owner = text(inputs.userId);
  const path = `${projectPath(clouds, inputs)}/user/${encodeURIComponent(owner)}/policy`;
  const answer = object(await unlessMissing(() => clouds.ovh.get(path)));
  return text(answer.policy) === "" ? undefined : { id: `${project(clouds, inputs)}/${owner}` };
};

/** A record of a zone is identified by its content. Of several equal ones the first is meant. */
const zoneRecord: Find = async (clouds, inputs, chosen) => {
  const zone = text(inputs.zone);
  const query = new URLSearchParams({ fieldType: text(inputs.fieldtype), subDomain: text(inputs.subdomain) });
  const path = `/domain/zone/${encodeURIComponent(zone)}/record`;
  const ids = await unlessMissing(() => clouds.ovh.get(`${path}?${query}`));
  for (const id of Array.isArray(ids) ? ids : []) {
    const record = object(await clouds.ovh.get(`${path}/${text(id)}`));
    const isSame =
      text(record.subDomain) === text(inputs.subdomain) &&
      plainText(text(record.target)) === plainText(text(inputs.target));
    if (chosen === undefined ? isSame : chosen === text(id)) return { id: `${text(id)}.${zone}` };
  }
  return undefined;
};

export const ovhTypes: Readonly<Record<string, Find>> = {
  "ovh:Vrack/cloudProject:CloudProject": vrackProject,
  "ovh:CloudProject/database:Database": database,
  "ovh:CloudProjectDatabase/user:User": databaseUser(
    (inputs) => text(inputs.engine),
    (inputs) => text(inputs.engine),
  ),
  "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": databaseUser(
    () => "postgresql",
    () => "",
  ),
  "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": databaseInstance,
  "ovh:CloudProject/loadBalancer:LoadBalancer": inRegion("loadbalancing/loadbalancer", "load balancers", true),
  "ovh:CloudProject/storage:Storage": inRegion("storage", "buckets", true),
  "ovh:CloudProject/workflowBackup:WorkflowBackup": inRegion("workflow/backup", "instance backups", false),
  "ovh:CloudProject/user:User": user,
  "ovh:CloudProject/s3Credential:S3Credential": s3Credential,
  "ovh:CloudProject/s3Policy:S3Policy": s3Policy,
  "ovh:Domain/zoneRecord:ZoneRecord": zoneRecord,
};

/** Path to delete a resource whose secret was lost, from its import id. */
export function discardPath(type: string, id: string): string | undefined {
  const parts = id.split("/").map(encodeURIComponent);
  if (type === "ovh:CloudProject/s3Credential:S3Credential" && parts.length === 3) {
    return `/cloud/project/${parts[0]}/user/${parts[1]}/s3Credentials/${parts[2]}`;
  }
  if (type === "ovh:CloudProjectDatabase/user:User" && parts.length === 4) {
    return `/cloud/project/${parts[0]}/database/${parts[1]}/${parts[2]}/user/${parts[3]}`;
  }
  if (type === "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser" && parts.length === 3) {
    return `/cloud/project/${parts[0]}/database/postgresql/${parts[1]}/user/${parts[2]}`;
  }
  return undefined;
}

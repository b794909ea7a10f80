import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone, waitUntilKnown } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";
import { administratorName } from "./database-users.ts";
import type { DatabaseUserView } from "./types.ts";

/**
 * ovh:CloudProjectDatabase/user:User, imported by `service/engine/cluster/id`, and postgresSqlUser:PostgresSqlUser, imported by
 * `service/cluster/id`. OVHcloud tells the password once: an imported user has none until `passwordReset` changes. The administrator that every
 * service has is found instead of created, and left when its resource is deleted.
 */
export class DatabaseUserAdapter implements ResourceAdapter {
  readonly service = "ovh-databases";
  readonly inputs: readonly string[];
  readonly #cloud: LocalCloud;
  readonly #postgresql: boolean;

  constructor(cloud: LocalCloud, kind: "postgresql" | "other") {
    this.#cloud = cloud;
    this.#postgresql = kind === "postgresql";
    this.inputs = ["serviceName", "clusterId", "name", "passwordReset", this.#postgresql ? "roles" : "engine"];
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const clusterId = needText(inputs, "clusterId");
    const { id, ...told } =
      needText(inputs, "name") === administratorName
        ? this.#adopt(clusterId, inputs)
        : this.#createOrFind(clusterId, inputs);
    await call.accepted(id);
    return this.#observe(await this.#ready(clusterId, id, call), "password" in told ? { password: told.password } : {});
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0) {
      return this.#observe(this.#cloud.ovhDatabases.getUser(needText(known, "clusterId"), id), {});
    }
    const form = this.#postgresql ? ["service", "cluster", "id"] : ["service", "engine", "cluster", "id"];
    const parts = importParts(id, form);
    return this.#observe(this.#cloud.ovhDatabases.getUser(parts.cluster ?? "", parts.id ?? ""), {});
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const clusterId = needText(known, "clusterId");
    const { ovhDatabases } = this.#cloud;
    const roles = textsOf(wanted, "roles") ?? [];
    // No roles are not sent: the user keeps those that it has.
    if (this.#postgresql && roles.length > 0 && !sameValue(roles, known.roles ?? [])) {
      ovhDatabases.updateUser(clusterId, id, { roles });
      await call.accepted(id);
      await this.#ready(clusterId, id, call);
    }
    const reset = !sameValue(textOf(wanted, "passwordReset"), textOf(known, "passwordReset"));
    const told = reset
      ? { password: ovhDatabases.resetPassword(clusterId, id).password }
      : { password: known.password };
    if (reset) await call.accepted(id);
    return this.#observe(await this.#ready(clusterId, id, call), told);
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    if (needText(known, "name") === administratorName) return;
    const clusterId = needText(known, "clusterId");
    this.#cloud.ovhDatabases.deleteUser(clusterId, id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhDatabases.getUser(clusterId, id));
  }

  /** A user whose name is taken is found instead, and its password stays unknown. Source: TFO, postFuncCloudProjectDatabaseUser. */
  #createOrFind(clusterId: string, inputs: Values): { readonly id: string; readonly password: string } {
    const { ovhDatabases } = this.#cloud;
    const name = needText(inputs, "name");
    return orFound(
      () => ovhDatabases.createUser(clusterId, { name, roles: textsOf(inputs, "roles") }),
      () => {
        const found = ovhDatabases.listUsers(clusterId).find(({ username }) => username === name);
        return found === undefined ? undefined : { id: found.id, password: "" };
      },
    );
  }

  /** The password is told only when it is reset. */
  #adopt(clusterId: string, inputs: Values): { readonly id: string; readonly password?: string } {
    const { ovhDatabases } = this.#cloud;
    const found = ovhDatabases.listUsers(clusterId).find(({ username }) => username === administratorName);
    if (found === undefined) throw new Error(`User name ${administratorName} not found for cluster ${clusterId}`);
    if (textOf(inputs, "passwordReset") === undefined) return { id: found.id };
    return { id: found.id, password: ovhDatabases.resetPassword(clusterId, found.id).password };
  }

  #ready(clusterId: string, id: string, call: CallContext): Promise<DatabaseUserView> {
    return waitFor(this.#cloud, call, () => this.#cloud.ovhDatabases.getUser(clusterId, id), {
      what: "database user",
      id,
      statusOf: (user) => user.status,
      pending: ["CREATING", "UPDATING"],
      target: ["READY"],
    });
  }

  #observe(user: DatabaseUserView, told: { password?: unknown }): Observed {
    return {
      id: user.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        clusterId: user.clusterId,
        name: user.username,
        status: user.status,
        createdAt: user.createdAt,
        ...(this.#postgresql ? { roles: user.roles } : { engine: this.#cloud.ovhDatabases.get(user.clusterId).engine }),
        ...told,
      },
    };
  }
}

/** ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance; imported by `service/engine/cluster/id`. */
export class LogicalDatabaseAdapter implements ResourceAdapter {
  readonly service = "ovh-databases";
  readonly inputs = ["serviceName", "clusterId", "engine", "name"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const clusterId = needText(inputs, "clusterId");
    const { ovhDatabases } = this.#cloud;
    const name = needText(inputs, "name");
    const { id } = orFound(
      () => ovhDatabases.createLogicalDatabase(clusterId, name),
      () => ovhDatabases.listLogicalDatabases(clusterId).find((database) => database.name === name),
    );
    await call.accepted(id);
    return waitUntilKnown(this.#cloud, call, () => this.#observe(clusterId, id));
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length > 0) return this.#observe(needText(known, "clusterId"), id);
    const parts = importParts(id, ["service", "engine", "cluster", "id"]);
    return this.#observe(parts.cluster ?? "", parts.id ?? "");
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const clusterId = needText(known, "clusterId");
    this.#cloud.ovhDatabases.deleteLogicalDatabase(clusterId, id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhDatabases.getLogicalDatabase(clusterId, id));
  }

  #observe(clusterId: string, id: string): Observed {
    const database = this.#cloud.ovhDatabases.getLogicalDatabase(clusterId, id);
    return {
      id: database.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        clusterId: database.clusterId,
        engine: this.#cloud.ovhDatabases.get(clusterId).engine,
        name: database.name,
        default: database.default,
      },
    };
  }
}

/** What was made, or what had the name before: the real provider takes that over. Source: ovh/terraform-provider-ovh, pull request 1339. */
function orFound<Made extends { readonly id: string }>(make: () => Made, find: () => Made | undefined): Made {
  try {
    return make();
  } catch (error) {
    const found = error instanceof CloudError && error.status === 409 ? find() : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, mapOf, needText, numberOf, objectsOf, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";
import type { DatabaseView, UpdateDatabaseArgs } from "./types.ts";

const timeoutSeconds = 2400;

/** ovh:CloudProject/database:Database; imported by `service/engine/id`. */
export class DatabaseAdapter implements ResourceAdapter {
  readonly service = "ovh-databases";
  readonly inputs = [
    "serviceName",
    "engine",
    "description",
    "version",
    "plan",
    "flavor",
    "nodes",
    "diskSize",
    "ipRestrictions",
    "backupTime",
    "backupRegions",
    "maintenanceTime",
    "deletionProtection",
    "advancedConfiguration",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  /** Protection and advanced configuration are not part of the order: they come by a change when the service is READY. */
  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { id } = this.#cloud.ovhDatabases.create({
      ...settings(inputs),
      engine: needText(inputs, "engine"),
      version: needText(inputs, "version"),
      plan: needText(inputs, "plan"),
      flavor: needText(inputs, "flavor"),
      nodes: (objectsOf(inputs, "nodes") ?? []).map((node) => ({
        region: needText(node, "region"),
        networkId: textOf(node, "networkId"),
        subnetId: textOf(node, "subnetId"),
      })),
    });
    await call.accepted(id);
    const ready = await this.#ready(id, call);
    const more = flagOf(inputs, "deletionProtection") === true || Object.keys(advanced(inputs)).length > 0;
    return more ? await this.#change(id, inputs, {}, call) : this.#observe(ready);
  }

  async read(id: string, known: Values): Promise<Observed> {
    const parts = Object.keys(known).length === 0 ? importParts(id, ["service", "engine", "id"]) : { id };
    return this.#observe(this.#cloud.ovhDatabases.get(parts.id ?? id));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    return await this.#change(id, wanted, known, call);
  }

  /** Node count and subnets are never sent, and neither is an empty description or list of restrictions: as the real provider. */
  async #change(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { ovhDatabases } = this.#cloud;
    ovhDatabases.update(id, {
      ...settings(wanted),
      version: textOf(wanted, "version"),
      plan: textOf(wanted, "plan"),
      flavor: textOf(wanted, "flavor"),
      deletionProtection: flagOf(wanted, "deletionProtection") ?? false,
    });
    await call.accepted(id);
    const ready = await this.#ready(id, call);
    const configuration = mapOf(wanted, "advancedConfiguration") ?? advanced(known);
    if (sameValue(configuration, advanced(known))) return this.#observe(ready);
    return this.#observe(ovhDatabases.setAdvancedConfiguration(id, configuration));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhDatabases.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhDatabases.get(id), timeoutSeconds);
  }

  #ready(id: string, call: CallContext): Promise<DatabaseView> {
    return waitFor(this.#cloud, call, () => this.#cloud.ovhDatabases.get(id), {
      what: "database",
      id,
      statusOf: (database) => database.status,
      pending: ["CREATING", "UPDATING"],
      target: ["READY"],
      timeoutSeconds,
    });
  }

  #observe(database: DatabaseView): Observed {
    return {
      id: database.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        engine: database.engine,
        description: database.description,
        version: database.version,
        plan: database.plan,
        flavor: database.flavor,
        nodes: database.nodes.map(({ region, networkId, subnetId }) => ({ region, networkId, subnetId })),
        diskSize: database.diskSize,
        diskType: database.diskType,
        ipRestrictions: database.ipRestrictions,
        backupTime: database.backupTime,
        backupRegions: database.backupRegions,
        maintenanceTime: database.maintenanceTime,
        deletionProtection: database.deletionProtection,
        advancedConfiguration: database.advancedConfiguration,
        networkType: database.networkType,
        endpoints: database.endpoints,
        status: database.status,
        createdAt: database.createdAt,
        kafkaRestApi: false,
        kafkaSchemaRegistry: false,
        opensearchAclsEnabled: false,
      },
    };
  }
}

function settings(inputs: Values): UpdateDatabaseArgs {
  return {
    description: textOf(inputs, "description"),
    diskSize: numberOf(inputs, "diskSize"),
    ipRestrictions: objectsOf(inputs, "ipRestrictions")?.map((restriction) => ({
      ip: needText(restriction, "ip"),
      description: textOf(restriction, "description"),
    })),
    backupTime: textOf(inputs, "backupTime"),
    backupRegions: textsOf(inputs, "backupRegions"),
    maintenanceTime: textOf(inputs, "maintenanceTime"),
  };
}

function advanced(values: Values): Readonly<Record<string, string>> {
  return mapOf(values, "advancedConfiguration") ?? {};
}

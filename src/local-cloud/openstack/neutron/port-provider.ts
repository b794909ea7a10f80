import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needText, objectsOf, sentText, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitUntilGone } from "../../provider/waiting.ts";
import { isEmpty, sameValue, type Values } from "../../provider/wire-values.ts";
import { shownTags, withChangedTags, withTags } from "./tags-provider.ts";
import type { CreatePortArgs, PortView } from "./types.ts";

/** openstack:networking/port:Port. Read never sets fixedIps nor securityGroupIds: the provider shows all of them apart. */
export class PortAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = [
    "name",
    "region",
    "description",
    "networkId",
    "adminStateUp",
    "fixedIps",
    "noFixedIp",
    "macAddress",
    "securityGroupIds",
    "noSecurityGroups",
    "portSecurityEnabled",
    "deviceId",
    "deviceOwner",
    "tags",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    requireOneAnswer(inputs);
    const port = this.#cloud.neutron.ports.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      networkId: needText(inputs, "networkId"),
      adminStateUp: flagOf(inputs, "adminStateUp"),
      fixedIps: fixedIps(inputs),
      noFixedIp: flagOf(inputs, "noFixedIp"),
      macAddress: textOf(inputs, "macAddress"),
      securityGroupIds: groups(inputs),
      portSecurityEnabled: flagOf(inputs, "portSecurityEnabled"),
      deviceId: textOf(inputs, "deviceId"),
      deviceOwner: textOf(inputs, "deviceOwner"),
    });
    await call.accepted(port.id);
    const tagged = withTags(inputs, port, (tags) => this.#cloud.neutron.ports.update(port.id, { tags }));
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.ports.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    requireOneAnswer(wanted);
    const { ports } = this.#cloud.neutron;
    const updated = ports.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      adminStateUp: flagOf(wanted, "adminStateUp"),
      fixedIps: sentFixedIps(wanted, known),
      securityGroupIds: sentGroups(wanted, known),
      portSecurityEnabled: flagOf(wanted, "portSecurityEnabled"),
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => ports.update(id, { tags }));
    return this.#observe(tagged, wanted, {
      ...takenAway(wanted, known, "noSecurityGroups"),
      ...takenAway(wanted, known, "noFixedIp"),
    });
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.neutron.ports.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.neutron.ports.get(id));
  }

  #observe(port: PortView, known: Values, more: Values = {}): Observed {
    return {
      id: port.id,
      state: {
        ...more,
        name: port.name,
        region: port.region,
        description: port.description,
        networkId: port.networkId,
        adminStateUp: port.adminStateUp,
        macAddress: port.macAddress,
        portSecurityEnabled: port.portSecurityEnabled,
        deviceId: port.deviceId,
        deviceOwner: port.deviceOwner,
        fixedIps: objectsOf(known, "fixedIps")?.map((address) => ({
          subnetId: textOf(address, "subnetId") ?? "",
          ipAddress: textOf(address, "ipAddress") ?? "",
        })),
        // Where a port is bound only an administrator sees.
        binding: { hostId: "", profile: "", vifDetails: {}, vifType: "", vnicType: "normal" },
        allFixedIps: port.fixedIps.map(({ ipAddress }) => ipAddress),
        allSecurityGroupIds: port.securityGroupIds,
        ...shownTags(port.tags, known),
        tenantId: this.#cloud.keystone.projectId,
        dnsName: "",
        dnsAssignments: [],
        qosPolicyId: "",
      },
    };
  }
}

/** What the real provider refuses before it asks Neutron. */
function requireOneAnswer(inputs: Values): void {
  if (flagOf(inputs, "noSecurityGroups") === true && (textsOf(inputs, "securityGroupIds") ?? []).length > 0) {
    throw new Error("Cannot have both no_security_groups and security_group_ids set for openstack_networking_port_v2");
  }
}

/** A flag that the program sets no longer is shown as false. */
function takenAway(wanted: Values, known: Values, flag: string): Values {
  return wanted[flag] === undefined && known[flag] !== undefined ? { [flag]: false } : {};
}

function fixedIps(inputs: Values): CreatePortArgs["fixedIps"] {
  return objectsOf(inputs, "fixedIps")?.map((address) => ({
    subnetId: textOf(address, "subnetId"),
    ipAddress: textOf(address, "ipAddress"),
  }));
}

/** What the real provider sends of a change: the addresses only when they differ, none when there are to be none. */
function sentFixedIps(wanted: Values, known: Values): CreatePortArgs["fixedIps"] {
  if (!differs(wanted, known, "fixedIps") && !differs(wanted, known, "noFixedIp")) return undefined;
  if (flagOf(wanted, "noFixedIp") === true) return [];
  const addresses = fixedIps(wanted);
  return addresses?.length === 0 ? undefined : addresses;
}

function sentGroups(wanted: Values, known: Values): readonly string[] | undefined {
  if (differs(wanted, known, "securityGroupIds")) return textsOf(wanted, "securityGroupIds") ?? [];
  return differs(wanted, known, "noSecurityGroups") && flagOf(wanted, "noSecurityGroups") === true ? [] : undefined;
}

/** Left out, false and empty are the same. */
function differs(wanted: Values, known: Values, name: string): boolean {
  return !(isEmpty(wanted[name]) && isEmpty(known[name])) && !sameValue(wanted[name], known[name]);
}

function groups(inputs: Values): readonly string[] | undefined {
  return flagOf(inputs, "noSecurityGroups") === true ? [] : textsOf(inputs, "securityGroupIds");
}

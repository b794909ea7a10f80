import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needText, numberOf, sentText, textOf } from "../../provider/value-readers.ts";
import { retryConflict, waitUntilGone } from "../../provider/waiting.ts";
import type { Values } from "../../provider/wire-values.ts";
import { shownTags, withChangedTags, withTags } from "./tags-provider.ts";
import type { SecurityGroupRuleView, SecurityGroupView } from "./types.ts";

/** openstack:networking/secGroup:SecGroup */
export class SecurityGroupAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["name", "region", "description", "deleteDefaultRules", "tags"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const group = this.#cloud.neutron.securityGroups.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      deleteDefaultRules: flagOf(inputs, "deleteDefaultRules"),
    });
    await call.accepted(group.id);
    const tagged = withTags(inputs, group, (tags) => this.#cloud.neutron.securityGroups.update(group.id, { tags }));
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.securityGroups.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    const { securityGroups } = this.#cloud.neutron;
    const updated = securityGroups.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => securityGroups.update(id, { tags }));
    return this.#observe(tagged, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { securityGroups } = this.#cloud.neutron;
    await retryConflict(this.#cloud, call, () => securityGroups.delete(id));
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => securityGroups.get(id));
  }

  #observe(group: SecurityGroupView, known: Values): Observed {
    return {
      id: group.id,
      state: {
        name: group.name,
        region: group.region,
        description: group.description,
        ...shownTags(group.tags, known),
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** openstack:networking/secGroupRule:SecGroupRule */
export class SecurityGroupRuleAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = [
    "region",
    "securityGroupId",
    "description",
    "direction",
    "ethertype",
    "protocol",
    "portRangeMin",
    "portRangeMax",
    "remoteIpPrefix",
    "remoteGroupId",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    if (
      textOf(inputs, "protocol") === undefined &&
      (numberOf(inputs, "portRangeMin") ?? numberOf(inputs, "portRangeMax"))
    ) {
      throw new Error("A protocol must be specified when using port_range_min and port_range_max");
    }
    requireProtocol(textOf(inputs, "protocol"));
    const rule = this.#cloud.neutron.securityGroups.createRule({
      region: textOf(inputs, "region") ?? call.region,
      securityGroupId: needText(inputs, "securityGroupId"),
      description: textOf(inputs, "description"),
      direction: oneOf(inputs, "direction", ["ingress", "egress"]),
      ethertype: oneOf(inputs, "ethertype", ["IPv4", "IPv6"]),
      protocol: textOf(inputs, "protocol"),
      portRangeMin: numberOf(inputs, "portRangeMin"),
      portRangeMax: numberOf(inputs, "portRangeMax"),
      remoteIpPrefix: textOf(inputs, "remoteIpPrefix"),
      remoteGroupId: textOf(inputs, "remoteGroupId"),
    });
    await call.accepted(rule.id);
    return this.#observe(rule);
  }

  async read(id: string): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.securityGroups.getRule(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { securityGroups } = this.#cloud.neutron;
    securityGroups.deleteRule(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => securityGroups.getRule(id));
  }

  #observe(rule: SecurityGroupRuleView): Observed {
    return {
      id: rule.id,
      state: {
        region: rule.region,
        securityGroupId: rule.securityGroupId,
        description: rule.description,
        direction: rule.direction,
        ethertype: rule.ethertype,
        protocol: rule.protocol ?? "",
        portRangeMin: rule.portRangeMin ?? 0,
        portRangeMax: rule.portRangeMax ?? 0,
        remoteIpPrefix: rule.remoteIpPrefix ?? "",
        remoteGroupId: rule.remoteGroupId ?? "",
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** Names that the real provider knows; any number besides. Source: networking_secgroup_rule_v2.go. */
const protocols: readonly string[] = [
  ...["ah", "dccp", "egp", "esp", "gre", "icmp", "igmp", "ipv6-encap", "ipv6-frag", "ipv6-icmp", "ipv6-nonxt"],
  ...["ipv6-opts", "ipv6-route", "ospf", "pgm", "rsvp", "sctp", "tcp", "udp", "udplite", "vrrp"],
];

function requireProtocol(protocol: string | undefined): void {
  if (protocol === undefined || protocols.includes(protocol) || /^[+-]?\d+$/.test(protocol)) return;
  throw new Error(`unknown protocol for openstack_networking_secgroup_rule_v2: ${protocol}`);
}

function oneOf<Word extends string>(inputs: Values, name: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === inputs[name]);
  if (word === undefined)
    throw new Error(`expected ${name} to be one of ${words.join(", ")}, got ${String(inputs[name])}`);
  return word;
}

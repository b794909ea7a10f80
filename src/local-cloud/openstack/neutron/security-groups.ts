import { Cidr, IpAddress } from "../../../core/cidr.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import {
  badRequest,
  checkTexts,
  conflict,
  type NeutronRecords,
  type NewRule,
  type PortBody,
  type RuleBody,
  ruleKey,
  type SecurityGroupBody,
} from "./neutron-records.ts";
import type {
  CreateSecurityGroupRuleArgs,
  SecurityGroupRuleView,
  SecurityGroupsApi,
  SecurityGroupView,
} from "./types.ts";

export class SecurityGroups implements SecurityGroupsApi {
  readonly #records: NeutronRecords;

  constructor(records: NeutronRecords) {
    this.#records = records;
  }

  create(args: Parameters<SecurityGroupsApi["create"]>[0]): SecurityGroupView {
    checkTexts(args);
    const { context, groups } = this.#records;
    const region = this.#records.enterRegion(args.region);
    return context.write(() => {
      if (args.name === "default") {
        throw conflict("SecurityGroupDefaultAlreadyExists", "Default security group already exists.");
      }
      this.#records.requireQuota(region, "securityGroups", groups.count(region), "security_group");
      const record = groups.insert({
        id: context.uuid("security-group", region, args.name),
        region,
        name: args.name,
        body: { description: args.description ?? "", tags: [...(args.tags ?? [])] },
      });
      if (args.deleteDefaultRules !== true) {
        for (const ethertype of ["IPv4", "IPv6"] as const) {
          this.#records.insertRule(region, { securityGroupId: record.id, direction: "egress", ethertype });
        }
      }
      return this.#view(record);
    });
  }

  get(id: string): SecurityGroupView {
    return this.#records.context.read(() => this.#view(this.#records.groups.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): SecurityGroupView[] {
    const region = this.#records.enterRegion(filter.region);
    return this.#records.context.read(() =>
      this.#records.groups
        .list({ region: filter.region === undefined ? undefined : region, name: filter.name })
        .map((record) => this.#view(record)),
    );
  }

  update(id: string, args: Parameters<SecurityGroupsApi["update"]>[1]): SecurityGroupView {
    checkTexts(args);
    const { context, groups } = this.#records;
    return context.write(() => {
      const record = groups.require(id);
      const { name, ...rest } = given(args);
      return this.#view(groups.save({ ...record, name: name ?? record.name, body: { ...record.body, ...rest } }));
    });
  }

  delete(id: string): void {
    const { context, groups, ports, rules } = this.#records;
    context.write(() => {
      const record = groups.require(id);
      if (record.name === "default") {
        throw conflict("SecurityGroupCannotRemoveDefault", "Insufficient rights for removing default security group.");
      }
      if (ports.list({ region: record.region }).some(({ body }) => body.securityGroupIds.includes(id))) {
        throw conflict("SecurityGroupInUse", `Security Group ${id} in use.`);
      }
      for (const rule of rules.list({ parent: id })) {
        rules.remove(rule.id);
      }
      groups.remove(id);
    });
  }

  createRule(args: CreateSecurityGroupRuleArgs): SecurityGroupRuleView {
    const { context, groups, rules } = this.#records;
    return context.write(() => {
      const { region } = groups.require(args.securityGroupId);
      this.#records.requireQuota(region, "securityGroupRules", rules.count(region), "security_group_rule");
      if (args.remoteIpPrefix !== undefined && args.remoteGroupId !== undefined) {
        throw badRequest(
          "SecurityGroupRemoteGroupAndRemoteIpPrefix",
          "Only remote_ip_prefix or remote_group_id may be provided.",
        );
      }
      for (const port of [args.portRangeMin, args.portRangeMax]) {
        if (port !== undefined && (port < 0 || port > 65535)) {
          throw badRequest("SecurityGroupInvalidPortValue", `Invalid value for port ${port}`);
        }
      }
      if (args.remoteIpPrefix !== undefined && !isCidr(args.remoteIpPrefix)) {
        throw badRequest("InvalidCIDR", `Invalid CIDR ${args.remoteIpPrefix} given as IP prefix.`);
      }
      if ((args.portRangeMin ?? 0) > (args.portRangeMax ?? Number.POSITIVE_INFINITY)) {
        throw badRequest(
          "SecurityGroupInvalidPortRange",
          "For TCP/UDP protocols, port_range_min must be <= port_range_max",
        );
      }
      if (args.remoteGroupId !== undefined) {
        groups.require(args.remoteGroupId);
      }
      const { region: _region, ...values } = given(args);
      const body = { ...values, protocol: normalProtocol(args.protocol) } as NewRule;
      const same = rules.list({ parent: args.securityGroupId, name: ruleKey(body) })[0];
      if (same !== undefined) {
        throw conflict("SecurityGroupRuleExists", `Security group rule already exists. Rule id is ${same.id}.`);
      }
      return ruleView(this.#records.insertRule(region, body));
    });
  }

  getRule(id: string): SecurityGroupRuleView {
    return this.#records.context.read(() => ruleView(this.#records.rules.require(id)));
  }

  deleteRule(id: string): void {
    const { context, rules } = this.#records;
    context.write(() => {
      rules.require(id);
      rules.remove(id);
    });
  }

  /** Whether the groups of a port let TCP from that address reach that port of the machine. */
  allowsTcp(port: StoredRecord<PortBody>, source: string, destinationPort: number): boolean {
    if (!port.body.portSecurityEnabled) {
      return true;
    }
    return port.body.securityGroupIds.some((groupId) =>
      this.#records.rules.list({ parent: groupId }).some(({ body }) => this.#lets(body, source, destinationPort)),
    );
  }

  opensTcp(portId: string, destinationPort: number): boolean {
    return this.#records.context.read(() => {
      const { portSecurityEnabled, securityGroupIds } = this.#records.ports.require(portId).body;
      return (
        !portSecurityEnabled ||
        securityGroupIds.some((groupId) =>
          this.#records.rules.list({ parent: groupId }).some(({ body }) => isAbout(body, destinationPort)),
        )
      );
    });
  }

  #lets(rule: RuleBody, source: string, destinationPort: number): boolean {
    if (!isAbout(rule, destinationPort)) {
      return false;
    }
    if (rule.remoteIpPrefix !== undefined) {
      return contains(rule.remoteIpPrefix, source);
    }
    const { remoteGroupId } = rule;
    return (
      remoteGroupId === undefined ||
      this.#records.ports
        .list()
        .some(
          ({ body }) =>
            body.securityGroupIds.includes(remoteGroupId) &&
            body.fixedIps.some(({ ipAddress }) => ipAddress === source),
        )
    );
  }

  #view(record: StoredRecord<SecurityGroupBody>): SecurityGroupView {
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      ...record.body,
      rules: this.#records.rules.list({ parent: record.id }).map(ruleView),
    };
  }
}

/** Whether a rule lets in TCP to that port, from wherever. */
function isAbout(rule: RuleBody, destinationPort: number): boolean {
  return (
    rule.direction === "ingress" &&
    rule.ethertype === "IPv4" &&
    (rule.protocol === undefined || rule.protocol === "tcp") &&
    destinationPort >= (rule.portRangeMin ?? 0) &&
    destinationPort <= (rule.portRangeMax ?? 65_535)
  );
}

/** Whether an address block (or a single address) holds the address. */
export function contains(block: string, address: string): boolean {
  try {
    return Cidr.parse(block.includes("/") ? block : `${block}/32`).contains(IpAddress.parse(address));
  } catch {
    return false;
  }
}

function normalProtocol(protocol: string | undefined): string | undefined {
  const text = protocol?.toLowerCase();
  if (text === undefined || text === "" || text === "any" || text === "0") {
    return undefined;
  }
  return { "1": "icmp", "6": "tcp", "17": "udp" }[text] ?? text;
}

function ruleView(record: StoredRecord<RuleBody>): SecurityGroupRuleView {
  const { body } = record;
  return {
    id: record.id,
    region: record.region,
    ...body,
    protocol: body.protocol,
    portRangeMin: body.portRangeMin,
    portRangeMax: body.portRangeMax,
    remoteIpPrefix: body.remoteIpPrefix,
    remoteGroupId: body.remoteGroupId,
  };
}

function isCidr(text: string): boolean {
  try {
    // Only IPv4 is modelled; of IPv6 nothing is known to be wrong.
    return text.includes(":") || Cidr.parse(text).toString() !== "";
  } catch {
    return false;
  }
}

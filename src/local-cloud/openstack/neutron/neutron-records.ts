import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import { type QuotaName, quotaOf } from "../quotas.ts";
import { AddressBook } from "./addresses.ts";
import type {
  FloatingIpView,
  NetworkView,
  PortView,
  RouterView,
  SecurityGroupRuleView,
  SecurityGroupView,
  SubnetView,
} from "./types.ts";

type Identity = "id" | "name" | "region";
export type NetworkBody = Omit<NetworkView, Identity | "subnetIds">;
export type SubnetBody = Omit<SubnetView, Identity>;
export type PortBody = Omit<PortView, Identity | "status">;
export type RouterBody = Omit<RouterView, Identity>;
export type FloatingIpBody = Omit<FloatingIpView, "id" | "region" | "address" | "status" | "routerId">;
export type SecurityGroupBody = Omit<SecurityGroupView, Identity | "rules">;
export type RuleBody = Omit<SecurityGroupRuleView, "id" | "region">;

export type NewRule = Pick<RuleBody, "securityGroupId" | "direction" | "ethertype"> & Partial<RuleBody>;

/** Of a name or description. */
const longestText = 255;

/** Public network of every region. */
export const externalNetworkName = "Ext-Net";
/** Its addresses: a block for documentation in the default region, blocks for bench tests elsewhere; none of them is routed anywhere. */
const defaultExternalCidr = "203.0.113.0/24";

/** Everything that Neutron keeps, and what all its parts ask. */
export class NeutronRecords {
  readonly context: CloudContext;
  readonly networks: Records<NetworkBody>;
  readonly subnets: Records<SubnetBody>;
  readonly ports: Records<PortBody>;
  readonly routers: Records<RouterBody>;
  readonly floatingIps: Records<FloatingIpBody>;
  readonly groups: Records<SecurityGroupBody>;
  readonly rules: Records<RuleBody>;
  readonly addresses: AddressBook;

  constructor(context: CloudContext) {
    this.context = context;
    this.networks = new Records(context, "network", (id) =>
      notFound("NetworkNotFound", `Network ${id} could not be found.`),
    );
    this.subnets = new Records(context, "subnet", (id) =>
      notFound("SubnetNotFound", `Subnet ${id} could not be found.`),
    );
    this.ports = new Records(context, "port", (id) => notFound("PortNotFound", `Port ${id} could not be found.`));
    this.routers = new Records(context, "router", (id) =>
      notFound("RouterNotFound", `Router ${id} could not be found`),
    );
    this.floatingIps = new Records(context, "floating-ip", (id) =>
      notFound("FloatingIPNotFound", `Floating IP ${id} could not be found`),
    );
    this.groups = new Records(context, "security-group", (id) =>
      notFound("SecurityGroupNotFound", `Security group ${id} does not exist`),
    );
    this.rules = new Records(context, "security-group-rule", (id) =>
      notFound("SecurityGroupRuleNotFound", `Security group rule ${id} does not exist`),
    );
    this.addresses = new AddressBook(context.store);
  }

  /** The region meant by a call, with the public network and the `default` group that a project finds there. */
  enterRegion(region: string | undefined): string {
    const known = requireRegion(region ?? defaultComputeRegion, computeRegions);
    this.context.requireRegion(known);
    if (this.context.store.setting(`furnished ${known}`) === undefined) {
      this.context.arrange(() => this.#furnish(known));
    }
    return known;
  }

  #furnish(region: string): void {
    this.context.store.setSetting(`furnished ${region}`, "yes");
    const networkId = this.context.uuid("network", region, externalNetworkName);
    this.networks.insert({
      id: networkId,
      region,
      name: externalNetworkName,
      body: {
        description: "",
        adminStateUp: true,
        portSecurityEnabled: true,
        external: true,
        mtu: 1500,
        dnsDomain: "",
        tags: [],
        networkType: "flat",
        segmentationId: undefined,
      },
    });
    const cidr =
      region === defaultComputeRegion ? defaultExternalCidr : `198.18.${computeRegions.indexOf(region)}.0/24`;
    const prefix = cidr.replace(/\.0\/24$/, "");
    this.subnets.insert({
      id: this.context.uuid("subnet", region, externalNetworkName),
      region,
      name: externalNetworkName,
      parent: networkId,
      body: {
        description: "",
        networkId,
        cidr,
        ipVersion: 4,
        gatewayIp: `${prefix}.254`,
        enableDhcp: false,
        allocationPools: [{ start: `${prefix}.10`, end: `${prefix}.253` }],
        dnsNameservers: [],
        hostRoutes: [],
        tags: [],
      },
    });
    const groupId = this.context.uuid("security-group", region, "default");
    this.groups.insert({
      id: groupId,
      region,
      name: "default",
      body: { description: "Default security group", tags: [] },
    });
    for (const direction of ["ingress", "egress"] as const) {
      for (const ethertype of ["IPv4", "IPv6"] as const) {
        this.insertRule(region, { securityGroupId: groupId, direction, ethertype });
      }
    }
  }

  insertRule(region: string, rule: NewRule): ReturnType<Records<RuleBody>["insert"]> {
    return this.rules.insert({
      id: this.context.uuid("security-group-rule", region, `${rule.securityGroupId} ${ruleKey(rule)}`),
      region,
      name: ruleKey(rule),
      parent: rule.securityGroupId,
      body: {
        description: "",
        protocol: undefined,
        portRangeMin: undefined,
        portRangeMax: undefined,
        remoteIpPrefix: undefined,
        remoteGroupId: undefined,
        ...rule,
      },
    });
  }

  defaultGroupId(region: string): string {
    return this.groups.list({ region, name: "default" })[0]?.id ?? "";
  }

  /** Group of that id or name. */
  groupId(region: string, idOrName: string): string {
    const byId = this.groups.find(idOrName);
    const found = byId?.region === region ? byId : this.groups.list({ region, name: idOrName })[0];
    if (found === undefined) {
      throw notFound("SecurityGroupNotFound", `Security group ${idOrName} does not exist`);
    }
    return found.id;
  }

  requireQuota(region: string, name: QuotaName, used: number, resource: string): void {
    if (used >= quotaOf(this.context, region, name)) {
      throw new CloudError(409, "OverQuota", `Quota exceeded for resources: ['${resource}'].`);
    }
  }
}

/** Identity of a rule within its group; stored as the record's name, so that a duplicate is found without a search. */
export function ruleKey(rule: NewRule): string {
  return [
    rule.direction,
    rule.ethertype,
    rule.protocol,
    rule.portRangeMin,
    rule.portRangeMax,
    rule.remoteIpPrefix,
    rule.remoteGroupId,
  ].join(" ");
}

/** Neutron looks at the texts of a request before anything else. */
export function checkTexts(args: {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}): void {
  const tag = args.tags?.find((one) => [...one].length > longestText);
  if (tag !== undefined) {
    throw badRequest("InvalidInput", `Invalid input for operation: '${tag}' exceeds maximum length of ${longestText}.`);
  }
  for (const field of ["name", "description"] as const) {
    const text = args[field];
    if (text !== undefined && [...text].length > longestText) {
      throw badRequest(
        "HTTPBadRequest",
        `Invalid input for ${field}. Reason: '${text}' exceeds maximum length of ${longestText}.`,
      );
    }
  }
}

export function notFound(code: string, message: string): CloudError {
  return new CloudError(404, code, message);
}

export function conflict(code: string, message: string): CloudError {
  return new CloudError(409, code, message);
}

export function badRequest(code: string, message: string): CloudError {
  return new CloudError(400, code, message);
}

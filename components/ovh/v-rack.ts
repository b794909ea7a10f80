import * as ovh from "@ovhcloud/pulumi-ovh";
import * as openstack from "@pulumi/openstack";
import type { ComponentResourceOptions, Output, Resource } from "@pulumi/pulumi";
import { Component, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";
import type { NetworkPart } from "../openstack/network-part.ts";

/** OVHcloud's public resolver; without one a private subnet may resolve nothing. Source: OVHcloud docs, cdns.ovh.net. */
const ovhResolver = "213.186.33.99";

export interface VRackSubnet {
  /** Pulumi name of the part, such as `prestashop`; also how other components find the subnet. */
  readonly part: string;
  /** Cloud name of the network and of the subnet. */
  readonly cloudName: string;
  readonly cidr: string;
  /** VLAN id in the vRack, 1-4094. */
  readonly vlan: number;
  /** Address of the router in this subnet. */
  readonly gateway: string;
  /** Automatic addresses; above the fixed ones, so that none of those is taken before its server exists. */
  readonly pool: { readonly start: string; readonly end: string };
}

export interface FirewallRule {
  /** Pulumi name of the rule, such as `prestashop-http-from-prestashop`. */
  readonly name: string;
  readonly description: string;
  /** TCP port, 1-65535. */
  readonly port: number;
  /** Networks that may connect, as CIDR. */
  readonly from: string;
}

export interface Firewall {
  /** Pulumi name and the part that it guards. */
  readonly part: string;
  readonly cloudName: string;
  readonly description: string;
  /** Inbound; everything else inbound is refused, everything outbound is allowed. */
  readonly rules: readonly FirewallRule[];
}

/** Adjustments of the resources that a `VRack` creates. */
export interface VRackTransforms {
  readonly attachment?: Transform<ovh.vrack.CloudProjectArgs>;
  readonly network?: Transform<openstack.networking.NetworkArgs>;
  readonly subnet?: Transform<openstack.networking.SubnetArgs>;
  readonly router?: Transform<openstack.networking.RouterArgs>;
  readonly routerInterface?: Transform<openstack.networking.RouterInterfaceArgs>;
  readonly securityGroup?: Transform<openstack.networking.SecGroupArgs>;
  readonly rule?: Transform<openstack.networking.SecGroupRuleArgs>;
}

export interface VRackArgs {
  /** vRack service name, `pn-…`. Without it nothing is attached and networks carry no VLAN: a plain OpenStack. */
  readonly vrack?: string;
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  /** Cloud name of the router. */
  readonly routerName: string;
  /** Name of the cloud's public network, such as `Ext-Net`. */
  readonly externalNetwork: string;
  /** One private network and subnet each. */
  readonly subnets: readonly VRackSubnet[];
  /** Own groups for every port: OVHcloud's `default` group lets everything in. */
  readonly firewalls: readonly Firewall[];
  /** Resolvers given to the servers. Default: OVHcloud's public one. */
  readonly resolvers?: readonly string[];
  readonly transform?: VRackTransforms;
}

/** Resources that a `VRack` creates. */
export interface VRackNodes {
  readonly attachment: ovh.vrack.CloudProject | undefined;
  readonly router: openstack.networking.Router;
  readonly parts: ReadonlyMap<string, NetworkPart>;
  readonly securityGroups: ReadonlyMap<string, openstack.networking.SecGroup>;
  readonly rules: ReadonlyMap<string, openstack.networking.SecGroupRule>;
}

/**
 * The private network: the project's attachment to the vRack, one network and subnet per part, a router with a leg in each
 * subnet and a way out, and the security groups. Holds no data.
 *
 * The networks are OpenStack's with the VLAN in `valueSpecs`, as OVHcloud's landing zone example does: their ids are the regional ones that
 * ports, load balancer and databases ask for. Neutron refuses them on a project without a vRack, hence the attachment first.
 * Sources: ovh/public-cloud-examples landing-zone (network.tf), ovh/terraform-ovh-publiccloud-network#4.
 *
 * @example
 * ```ts
 * import { VRack } from "lor-infra/components";
 *
 * export const network = new VRack("network", {
 *   vrack: "pn-1000000",
 *   region: "GRA11",
 *   routerName: "shop-prod-router",
 *   externalNetwork: "Ext-Net",
 *   subnets: [
 *     {
 *       part: "lb",
 *       cloudName: "shop-prod-lb",
 *       cidr: "10.10.0.0/24",
 *       vlan: 100,
 *       gateway: "10.10.0.254",
 *       pool: { start: "10.10.0.100", end: "10.10.0.200" },
 *     },
 *   ],
 *   firewalls: [],
 *   // Adjusts the router before it is created.
 *   transform: { router: { distributed: true } },
 * });
 * ```
 */
export class VRack extends Component {
  /** Public Cloud project that is attached; on a plain OpenStack there is none and asking for it is a mistake. */
  readonly projectId: Output<string> | undefined;
  readonly #nodes: VRackNodes;

  constructor(name: string, args: VRackArgs, options?: ComponentResourceOptions) {
    super("ovh", "VRack", name, options);
    const resolvers = args.resolvers ?? [ovhResolver];

    const attachment = this.#createAttachment(args);
    const router = this.#createRouter(args);
    const parts = new Map<string, NetworkPart>();
    for (const subnet of args.subnets)
      parts.set(subnet.part, this.#createPart(args, subnet, resolvers, router, attachment));
    const securityGroups = new Map<string, openstack.networking.SecGroup>();
    const rules = new Map<string, openstack.networking.SecGroupRule>();
    for (const firewall of args.firewalls) {
      const group = this.#createSecurityGroup(args, firewall);
      securityGroups.set(firewall.part, group);
      for (const rule of firewall.rules) rules.set(rule.name, this.#createRule(args, group, rule));
    }

    this.projectId = attachment?.projectId;
    this.#nodes = { attachment, router, parts, securityGroups, rules };
    this.registerOutputs({ projectId: this.projectId, routerId: router.id });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): VRackNodes {
    return this.#nodes;
  }

  get router(): openstack.networking.Router {
    return this.#nodes.router;
  }

  /** Network, subnet and router interface of a part; a part that was not declared is a defect of the caller. */
  part(name: string): NetworkPart {
    const part = this.#nodes.parts.get(name);
    if (part === undefined) throw new Error(`the network has no part ${name}`);
    return part;
  }

  /** Security group that guards a part; a part without one is a defect of the caller. */
  firewall(part: string): openstack.networking.SecGroup {
    const group = this.#nodes.securityGroups.get(part);
    if (group === undefined) throw new Error(`the network has no security group for ${part}`);
    return group;
  }

  #createAttachment(args: VRackArgs): ovh.vrack.CloudProject | undefined {
    if (args.vrack === undefined) return undefined;
    // The project's id comes from the provider's OVH_CLOUD_PROJECT_SERVICE, as for every other resource.
    return new ovh.vrack.CloudProject(...this.child("vrack", { serviceName: args.vrack }, args.transform?.attachment));
  }

  #createRouter(args: VRackArgs): openstack.networking.Router {
    const external = openstack.networking.getNetworkOutput(
      { name: args.externalNetwork, external: true, region: args.region },
      { parent: this },
    );
    return new openstack.networking.Router(
      ...this.child(
        "router",
        { name: args.routerName, region: args.region, externalNetworkId: external.id },
        args.transform?.router,
        ignoreDisplayNames(),
      ),
    );
  }

  #createPart(
    args: VRackArgs,
    part: VRackSubnet,
    resolvers: readonly string[],
    router: openstack.networking.Router,
    attachment: Resource | undefined,
  ): NetworkPart {
    const network = new openstack.networking.Network(
      ...this.child(
        part.part,
        {
          name: part.cloudName,
          region: args.region,
          adminStateUp: true,
          // Networks made before 2022-09 come without it, and groups then do nothing.
          portSecurityEnabled: true,
          ...(attachment === undefined
            ? {}
            : {
                valueSpecs: {
                  "provider:network_type": "vrack",
                  "provider:segmentation_id": String(part.vlan),
                },
              }),
        },
        args.transform?.network,
        ignoreDisplayNames(attachment === undefined ? {} : { dependsOn: [attachment] }),
      ),
    );
    const subnet = new openstack.networking.Subnet(
      ...this.child(
        part.part,
        {
          name: part.cloudName,
          region: args.region,
          networkId: network.id,
          cidr: part.cidr,
          ipVersion: 4,
          enableDhcp: true,
          gatewayIp: part.gateway,
          allocationPools: [part.pool],
          dnsNameservers: [...resolvers],
        },
        args.transform?.subnet,
        ignoreDisplayNames(),
      ),
    );
    const routerInterface = new openstack.networking.RouterInterface(
      ...this.child(
        part.part,
        { routerId: router.id, subnetId: subnet.id, region: args.region },
        args.transform?.routerInterface,
      ),
    );
    return { cidr: part.cidr, network, subnet, routerInterface };
  }

  #createSecurityGroup(args: VRackArgs, firewall: Firewall): openstack.networking.SecGroup {
    return new openstack.networking.SecGroup(
      ...this.child(
        firewall.part,
        { name: firewall.cloudName, description: firewall.description, region: args.region },
        args.transform?.securityGroup,
        ignoreDisplayNames(),
      ),
    );
  }

  #createRule(
    args: VRackArgs,
    group: openstack.networking.SecGroup,
    rule: FirewallRule,
  ): openstack.networking.SecGroupRule {
    return new openstack.networking.SecGroupRule(
      ...this.child(
        rule.name,
        {
          description: rule.description,
          direction: "ingress",
          ethertype: "IPv4",
          protocol: "tcp",
          portRangeMin: rule.port,
          portRangeMax: rule.port,
          remoteIpPrefix: rule.from,
          region: args.region,
          securityGroupId: group.id,
        },
        args.transform?.rule,
        ignoreDisplayNames(),
      ),
    );
  }
}

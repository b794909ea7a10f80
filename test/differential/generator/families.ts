import { certificate, listener, loadBalancer, member, monitor, pool } from "./balancers.ts";
import { keypair, server, serverGroup, volumeAttach } from "./compute.ts";
import { plain } from "./kind.ts";
import { network, port, subnet } from "./networks.ts";
import { floatingIp, floatingIpAssociate, router, routerInterface } from "./routers.ts";
import { securityGroup, securityGroupRule } from "./security.ts";
import { container, object, secret, volume } from "./storage.ts";
import type { Kind } from "./world.ts";

/** A network on which everything else works: Octavia, for one, answers 500 to a load balancer on a network without port security. */
const ground: readonly Kind[] = [
  plain(network, () => ({ name: "front" })),
  plain(subnet, (draw, world) => ({
    networkId: `@${world.any(draw, "net")?.name}`,
    cidr: "10.20.250.0/24",
    allocationPools: [{ start: "10.20.250.100", end: "10.20.250.200" }],
  })),
];

/** Without DHCP, whose ports a cloud may count among the project's. */
const quietGround: readonly Kind[] = [
  ...ground.slice(0, 1),
  plain(subnet, (draw, world) => ({
    networkId: `@${world.any(draw, "net")?.name}`,
    cidr: "10.20.250.0/24",
    enableDhcp: false,
  })),
];

const plainPort = plain(port, (draw, world) => ({
  networkId: `@${world.any(draw, "net")?.name}`,
  fixedIps: [{ subnetId: `@${world.any(draw, "sub")?.name}`, ipAddress: "10.20.250.10" }],
}));

/** What a sequence is about. */
export interface Family {
  /** Kinds that are there first, one of each, in this order. */
  readonly ground: readonly Kind[];
  /** Kinds that things are done with. */
  readonly kinds: readonly Kind[];
  /** Steps before everything is deleted. */
  readonly length: number;
  /** Some sequences of the family run against these limits. */
  readonly quotas: readonly Readonly<Record<string, number>>[];
}

export const families: Readonly<Record<string, Family>> = {
  networks: {
    ground: [network, subnet],
    kinds: [network, subnet, subnet, port, port],
    length: 28,
    quotas: [{}, {}, { networks: 2 }, { subnets: 2 }],
  },
  security: {
    ground: [securityGroup],
    kinds: [securityGroup, securityGroupRule, securityGroupRule],
    length: 28,
    quotas: [{}, { securityGroups: 3 }, { securityGroupRules: 18 }],
  },
  ports: {
    ground: [...quietGround, securityGroup],
    kinds: [port, port, port, securityGroup],
    length: 24,
    quotas: [{}, {}, { ports: 1 }, { ports: 2 }],
  },
  routers: {
    ground: [...ground, plain(router, () => ({ externalNetworkId: "@@outside" })), routerInterface, port],
    kinds: [router, routerInterface, port, floatingIp, floatingIp, floatingIpAssociate, subnet],
    length: 28,
    quotas: [{}, { routers: 1 }, { floatingIps: 1 }],
  },
  storage: {
    ground: [],
    kinds: [volume, volume, container, object, object, secret],
    length: 30,
    quotas: [{}, { volumes: 2 }, { gigabytes: 5 }],
  },
  keys: {
    ground: [],
    kinds: [keypair, serverGroup, volume],
    length: 22,
    quotas: [{}, { keypairs: 1 }, { serverGroups: 1 }],
  },
  servers: {
    ground: [...ground, serverGroup, keypair, plainPort, volume, server],
    kinds: [server, server, server, volumeAttach, volumeAttach, volume, port],
    length: 22,
    quotas: [{}, { instances: 1 }, { cores: 3 }, { ram: 20_000 }],
  },
  balancers: {
    ground: [...ground, plainPort, loadBalancer, certificate, listener, pool, member],
    kinds: [
      ...[loadBalancer, certificate, listener, listener, listener],
      ...[pool, pool, member, member, member, monitor, monitor],
    ],
    length: 40,
    quotas: [{}, { loadBalancers: 1 }, { members: 2 }],
  },
};

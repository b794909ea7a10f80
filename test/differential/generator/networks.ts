import { labelChanges, labelMistakes, labels, nobody, put, set, some, wrong } from "./kind.ts";
import type { Inputs, Kind, World } from "./world.ts";

const freshNetwork: Inputs = (draw) => ({
  ...labels(draw),
  ...some(draw, 25, { adminStateUp: draw.chance(70), portSecurityEnabled: draw.chance(50) }),
});

export const network: Kind = {
  type: "openstack:networking/network:Network",
  prefix: "net",
  most: 3,
  // Subnets go with it, ports do not.
  goesAnyway: ({ name }, world) =>
    world.of("port").every(({ inputs }) => inputs.networkId !== `@${name}`) && world.of("interface").length === 0,
  fresh: freshNetwork,
  changes: [...labelChanges, set("adminStateUp", true, false), set("portSecurityEnabled", true, false)],
  mistakes: [
    ...labelMistakes(freshNetwork),
    (draw) => ({ ...labels(draw), adminStateUp: "perhaps" }),
    (draw) => ({ ...labels(draw), colour: "green" }),
    (draw) => ({ ...labels(draw), tags: ["t".repeat(256)] }),
  ],
  wrongChanges: [set("name", "n".repeat(256))],
};

/** Third number of the block of a subnet: each has its own. */
function block(world: World): string {
  return `10.20.${world.next()}`;
}

/** The block of a subnet that is there, `10.20.3`. */
export function blockOf(inputs: Readonly<Record<string, unknown>>): string {
  return String(inputs.cidr).split(".").slice(0, 3).join(".");
}

const freshSubnet: Inputs = (draw, world) => {
  const parent = world.any(draw, "net");
  if (parent === undefined) return undefined;
  const block10 = block(world);
  const gateway = draw.oneOf([{}, {}, { gatewayIp: `${block10}.254` }, { noGateway: true }]);
  const pools = draw.oneOf([
    {},
    {},
    { allocationPools: [{ start: `${block10}.100`, end: `${block10}.200` }] },
    {
      allocationPools: [
        { start: `${block10}.10`, end: `${block10}.20` },
        { start: `${block10}.30`, end: `${block10}.40` },
      ],
    },
  ]);
  return {
    networkId: `@${parent.name}`,
    cidr: `${block10}.0/24`,
    ...some(draw, 50, { ipVersion: 4 }),
    ...gateway,
    ...pools,
    ...labels(draw),
    ...some(draw, 30, {
      dnsNameservers: ["213.186.33.99", "1.1.1.1"],
      enableDhcp: draw.chance(50),
      hostRoutes: [{ destinationCidr: "192.168.7.0/24", nextHop: `${block10}.9` }],
    }),
  };
};

export const subnet: Kind = {
  type: "openstack:networking/subnet:Subnet",
  prefix: "sub",
  most: 4,
  fresh: freshSubnet,
  changes: [
    ...labelChanges,
    set("dnsNameservers", ["1.1.1.1"], ["9.9.9.9", "1.1.1.1"], undefined),
    set("enableDhcp", true, false),
    (draw, _world, now) =>
      put(now, {
        allocationPools: [{ start: `${blockOf(now)}.50`, end: `${blockOf(now)}.${draw.number(60, 90)}` }],
      }),
    (draw, _world, now) =>
      put(now, { noGateway: undefined, gatewayIp: `${blockOf(now)}.${draw.oneOf([253, 252, 254])}` }),
    (_draw, _world, now) => put(now, { gatewayIp: undefined, noGateway: true }),
    (_draw, _world, now) =>
      put(now, { hostRoutes: [{ destinationCidr: "192.168.8.0/24", nextHop: `${blockOf(now)}.8` }] }),
    set("hostRoutes", undefined),
    // These make a new one.
    (_draw, world, now) => {
      const { networkId } = now;
      return { networkId, cidr: `${block(world)}.0/24` };
    },
    (draw, world, now) => {
      const other = world.other(draw, "net", now.networkId);
      return other === undefined ? undefined : put(now, { networkId: `@${other.name}` });
    },
  ],
  mistakes: [
    ...labelMistakes(freshSubnet),
    (draw, world) => wrong(freshSubnet(draw, world), { networkId: nobody }),
    (draw, world) => wrong(freshSubnet(draw, world), { networkId: undefined }),
    (draw, world) => wrong(freshSubnet(draw, world), { cidr: "10.20.0.0/33" }),
    (draw, world) => wrong(freshSubnet(draw, world), { cidr: undefined }),
    (draw, world) => {
      const other = world.any(draw, "sub");
      return other === undefined
        ? undefined
        : { networkId: other.inputs.networkId, cidr: `${blockOf(other.inputs)}.128/25` };
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      return wrong(inputs, { allocationPools: [{ start: "10.99.0.1", end: "10.99.0.9" }] });
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      if (inputs === undefined) return undefined;
      const block10 = blockOf(inputs);
      return put(inputs, {
        noGateway: undefined,
        gatewayIp: `${block10}.5`,
        allocationPools: [{ start: `${block10}.2`, end: `${block10}.9` }],
      });
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      if (inputs === undefined) return undefined;
      const block10 = blockOf(inputs);
      return put(inputs, { allocationPools: [{ start: `${block10}.90`, end: `${block10}.80` }] });
    },
    (draw, world) => wrong(freshSubnet(draw, world), { dnsNameservers: ["nowhere"] }),
    (draw, world) => wrong(freshSubnet(draw, world), { ipVersion: 5 }),
    (draw, world) => wrong(freshSubnet(draw, world), { dnsNameservers: ["1.1.1.1", "1.1.1.1"] }),
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      return wrong(inputs, { cidr: `${blockOf(inputs ?? {})}.7/24` });
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      return wrong(inputs, { noGateway: undefined, gatewayIp: `${blockOf(inputs ?? {})}.255` });
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      const block10 = blockOf(inputs ?? {});
      return wrong(inputs, {
        allocationPools: [
          { start: `${block10}.10`, end: `${block10}.30` },
          { start: `${block10}.20`, end: `${block10}.40` },
        ],
      });
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      return wrong(inputs, { hostRoutes: [{ destinationCidr: "everywhere", nextHop: `${blockOf(inputs ?? {})}.9` }] });
    },
    // Two wrong things: which one is told?
    (draw, world) => {
      const other = world.any(draw, "sub");
      return other === undefined
        ? undefined
        : {
            networkId: other.inputs.networkId,
            cidr: `${blockOf(other.inputs)}.128/25`,
            allocationPools: [{ start: "10.99.0.1", end: "10.99.0.9" }],
          };
    },
    (draw, world) => {
      const inputs = freshSubnet(draw, world);
      return wrong(inputs, { noGateway: true, gatewayIp: `${blockOf(inputs ?? {})}.1` });
    },
  ],
  wrongChanges: [
    (_draw, _world, now) => put(now, { allocationPools: [{ start: "10.99.0.1", end: "10.99.0.9" }] }),
    set("dnsNameservers", ["nowhere"]),
    set("dnsNameservers", ["9.9.9.9", "9.9.9.9"]),
    (_draw, _world, now) =>
      put(now, {
        noGateway: undefined,
        gatewayIp: `${blockOf(now)}.5`,
        allocationPools: [{ start: `${blockOf(now)}.2`, end: `${blockOf(now)}.9` }],
      }),
  ],
};

const freshPort: Inputs = (draw, world) => {
  const parent = world.any(draw, "sub");
  if (parent === undefined) return undefined;
  // Of which of several subnets an address is that nobody names is the cloud's own affair.
  const isOnly = world.of("sub").filter(({ inputs }) => inputs.networkId === parent.inputs.networkId).length === 1;
  const address = draw.oneOf([
    isOnly ? {} : { fixedIps: [{ subnetId: `@${parent.name}` }] },
    { fixedIps: [{ subnetId: `@${parent.name}` }] },
    {
      fixedIps: [{ subnetId: `@${parent.name}`, ipAddress: `${blockOf(parent.inputs)}.${210 + (world.next() % 30)}` }],
    },
    {
      fixedIps: [{ subnetId: `@${parent.name}`, ipAddress: `${blockOf(parent.inputs)}.${210 + (world.next() % 30)}` }],
    },
    { noFixedIp: true },
    {
      fixedIps: [
        { subnetId: `@${parent.name}` },
        { subnetId: `@${parent.name}`, ipAddress: `${blockOf(parent.inputs)}.${210 + (world.next() % 30)}` },
      ],
    },
  ]);
  const group = world.any(draw, "group");
  const security = draw.oneOf([
    {},
    {},
    { noSecurityGroups: true },
    group === undefined ? {} : { securityGroupIds: [`@${group.name}`] },
    group === undefined ? {} : { securityGroupIds: [`@${group.name}`] },
  ]);
  return {
    networkId: parent.inputs.networkId,
    ...address,
    ...security,
    ...labels(draw),
    ...some(draw, 20, {
      adminStateUp: draw.chance(50),
      macAddress: `fa:16:3e:00:00:${(world.next() + 16).toString(16)}`,
      deviceOwner: "lor:front",
      deviceId: "front-0",
    }),
    ...("securityGroupIds" in security ? {} : some(draw, 20, { portSecurityEnabled: draw.chance(50) })),
  };
};

export const port: Kind = {
  type: "openstack:networking/port:Port",
  prefix: "port",
  most: 4,
  goesAnyway: ({ name }, world) =>
    world.of("server").every(({ inputs }) => !JSON.stringify(inputs).includes(`"@${name}"`)),
  fresh: freshPort,
  changes: [
    ...labelChanges,
    set("adminStateUp", true, false),
    (_draw, world, now) => {
      const at = world.resources.find(
        ({ kind, inputs }) => kind.prefix === subnet.prefix && inputs.networkId === now.networkId,
      );
      if (at === undefined) return undefined;
      const ipAddress = `${blockOf(at.inputs)}.${210 + (world.next() % 30)}`;
      return put(now, { noFixedIp: undefined, fixedIps: [{ subnetId: `@${at.name}`, ipAddress }] });
    },
    (draw, world, now) => {
      const group = world.any(draw, "group");
      if (group === undefined) return undefined;
      return put(now, { noSecurityGroups: undefined, securityGroupIds: [`@${group.name}`] });
    },
    (_draw, _world, now) => put(now, { securityGroupIds: undefined, noSecurityGroups: true }),
    set("securityGroupIds", undefined),
    set("noSecurityGroups", undefined),
    (_draw, _world, now) => put(now, { fixedIps: undefined, noFixedIp: true }),
    (_draw, world, now) => {
      const at = world.resources.find(
        ({ kind, inputs }) => kind.prefix === subnet.prefix && inputs.networkId === now.networkId,
      );
      return at === undefined ? undefined : put(now, { noFixedIp: undefined, fixedIps: [{ subnetId: `@${at.name}` }] });
    },
    (_draw, _world, now) =>
      put(now, { securityGroupIds: undefined, noSecurityGroups: true, portSecurityEnabled: false }),
    (_draw, _world, now) => put(now, { noSecurityGroups: undefined, portSecurityEnabled: true }),
    (_draw, world, now) => put(now, { macAddress: `fa:16:3e:00:01:${(world.next() + 16).toString(16)}` }),
    set("deviceId", "front-1"),
  ],
  mistakes: [
    ...labelMistakes(freshPort),
    (draw, world) => wrong(freshPort(draw, world), { networkId: nobody, fixedIps: undefined }),
    (draw, world) => wrong(freshPort(draw, world), { noSecurityGroups: undefined, securityGroupIds: [nobody] }),
    (draw, world) => wrong(freshPort(draw, world), { noFixedIp: undefined, fixedIps: [{ subnetId: nobody }] }),
    (draw, world) => wrong(freshPort(draw, world), { macAddress: "not-a-mac" }),
    // Two or three wrong things: which one is told?
    (draw, world) =>
      wrong(freshPort(draw, world), {
        noSecurityGroups: undefined,
        securityGroupIds: [nobody],
        portSecurityEnabled: false,
      }),
    (draw, world) =>
      wrong(freshPort(draw, world), {
        noSecurityGroups: undefined,
        securityGroupIds: [nobody],
        noFixedIp: undefined,
        fixedIps: [{ subnetId: nobody, ipAddress: "10.99.0.1" }],
      }),
    (draw, world) => wrong(freshPort(draw, world), { networkId: nobody, macAddress: "not-a-mac" }),
    (_draw, world) => {
      const other = world.of("port").find(({ inputs }) => typeof inputs.macAddress === "string");
      return other === undefined
        ? undefined
        : { networkId: other.inputs.networkId, macAddress: other.inputs.macAddress };
    },
    (draw, world) => {
      const taken = world.of("port").find(({ inputs }) => JSON.stringify(inputs.fixedIps)?.includes("ipAddress"));
      return taken === undefined
        ? undefined
        : { networkId: taken.inputs.networkId, fixedIps: taken.inputs.fixedIps, ...labels(draw) };
    },
    (draw, world) => {
      const at = world.any(draw, "sub");
      return at === undefined
        ? undefined
        : { networkId: at.inputs.networkId, fixedIps: [{ subnetId: `@${at.name}`, ipAddress: "10.99.0.1" }] };
    },
    (draw, world) => {
      const at = world.any(draw, "sub");
      const foreign = at === undefined ? undefined : world.other(draw, "net", at.inputs.networkId);
      return at === undefined || foreign === undefined
        ? undefined
        : { networkId: `@${foreign.name}`, fixedIps: [{ subnetId: `@${at.name}` }] };
    },
  ],
  wrongChanges: [
    set("securityGroupIds", [nobody]),
    (_draw, _world, now) =>
      put(now, { noSecurityGroups: undefined, securityGroupIds: [nobody], portSecurityEnabled: false }),
    (_draw, _world, now) => put(now, { noFixedIp: undefined, fixedIps: [{ subnetId: nobody }] }),
    (_draw, world, now) => {
      const at = world.resources.find(
        ({ kind, inputs }) => kind.prefix === subnet.prefix && inputs.networkId === now.networkId,
      );
      return at === undefined
        ? undefined
        : put(now, { noFixedIp: undefined, fixedIps: [{ subnetId: `@${at.name}`, ipAddress: "10.99.0.1" }] });
    },
  ],
};

import { labelChanges, labelMistakes, labels, nobody, put, set, some, wrong } from "./kind.ts";
import type { Inputs, Kind, Resource, World } from "./world.ts";

const freshRouter: Inputs = (draw) => ({
  ...labels(draw),
  ...some(draw, 60, { externalNetworkId: "@@outside" }),
  ...some(draw, 20, { adminStateUp: draw.chance(50) }),
  ...some(draw, 15, { enableSnat: draw.chance(50), externalNetworkId: "@@outside" }),
});

export const router: Kind = {
  type: "openstack:networking/router:Router",
  prefix: "router",
  most: 2,
  fresh: freshRouter,
  changes: [
    ...labelChanges,
    set("adminStateUp", true, false),
    set("externalNetworkId", "@@outside", undefined),
    set("enableSnat", true, false, undefined),
  ],
  mistakes: [
    ...labelMistakes(freshRouter),
    (draw) => ({ ...labels(draw), enableSnat: true }),
    (draw) => ({ ...labels(draw), externalNetworkId: nobody }),
    (draw, world) => {
      const inner = world.any(draw, "net");
      return inner === undefined ? undefined : { ...labels(draw), externalNetworkId: `@${inner.name}` };
    },
  ],
  wrongChanges: [set("externalNetworkId", nobody)],
};

export const routerInterface: Kind = {
  type: "openstack:networking/routerInterface:RouterInterface",
  prefix: "interface",
  most: 3,
  // The way out of those that have a floating address.
  neededBy: (world) => [
    ...world.of("association"),
    ...world.of("address").filter(({ inputs }) => inputs.portId !== undefined),
  ],
  fresh: (draw, world) => {
    const owner = world.any(draw, "router");
    const free = world
      .of("sub")
      .filter(({ name, inputs }) => inputs.noGateway !== true && !isJoined(world.of("interface"), `@${name}`));
    if (owner === undefined || free.length === 0) return undefined;
    return { routerId: `@${owner.name}`, subnetId: `@${draw.oneOf(free).name}` };
  },
  changes: [
    (draw, world, now) => {
      if (world.of("association").length > 0) return undefined;
      if (world.of("address").some(({ inputs }) => inputs.portId !== undefined)) return undefined;
      const free = world
        .of("sub")
        .filter(({ name, inputs }) => inputs.noGateway !== true && !isJoined(world.of("interface"), `@${name}`));
      return free.length === 0 ? undefined : put(now, { subnetId: `@${draw.oneOf(free).name}` });
    },
  ],
  mistakes: [
    (draw, world) => {
      const at = world.any(draw, "sub");
      return at === undefined ? undefined : { routerId: nobody, subnetId: `@${at.name}` };
    },
    (draw, world) => {
      const owner = world.any(draw, "router");
      return owner === undefined ? undefined : { routerId: `@${owner.name}`, subnetId: nobody };
    },
    (draw, world) => {
      const owner = world.any(draw, "router");
      return owner === undefined ? undefined : { routerId: `@${owner.name}` };
    },
    // The same again.
    (draw, world) => world.any(draw, "interface")?.inputs,
  ],
};

function isJoined(interfaces: readonly { readonly inputs: Readonly<Record<string, unknown>> }[], subnet: string) {
  return interfaces.some(({ inputs }) => inputs.subnetId === subnet);
}

const freshAddress: Inputs = (draw) => ({
  pool: "Ext-Net",
  ...some(draw, 40, { description: "of the shop", tags: ["shop"] }),
});

export const floatingIp: Kind = {
  type: "openstack:networking/floatingIp:FloatingIp",
  prefix: "address",
  most: 3,
  goesAnyway: () => true,
  fresh: freshAddress,
  changes: [
    set("description", "changed", undefined),
    set("tags", ["rush"], undefined),
    (draw, world, now) => {
      const reachable = behindRouter(world);
      return reachable.length === 0 ? undefined : put(now, { portId: `@${draw.oneOf(reachable).name}` });
    },
    set("portId", undefined),
    // One of the port's addresses, by name.
    (draw, world, now) => {
      const reachable = behindRouter(world);
      if (reachable.length === 0) return undefined;
      const { name } = draw.oneOf(reachable);
      return put(now, { portId: `@${name}`, fixedIp: `@${name}.allFixedIps.0` });
    },
    set("fixedIp", undefined),
  ],
  mistakes: [
    (draw, world) => wrong(freshAddress(draw, world), { pool: "no-such-pool" }),
    (draw, world) => wrong(freshAddress(draw, world), { pool: undefined }),
    (draw, world) => wrong(freshAddress(draw, world), { portId: nobody }),
    (draw, world) => wrong(freshAddress(draw, world), { pool: "no-such-pool", portId: nobody }),
    (draw, world) => wrong(freshAddress(draw, world), { fixedIp: "10.99.0.1" }),
    (draw, world) => wrong(freshAddress(draw, world), { portId: nobody, fixedIp: "next door" }),
    (draw, world) => {
      const reachable = behindRouter(world);
      return reachable.length === 0
        ? undefined
        : wrong(freshAddress(draw, world), { portId: `@${draw.oneOf(reachable).name}`, fixedIp: "10.99.0.1" });
    },
    // A port that no router leads to.
    (draw, world) => {
      const apart = world.any(draw, "port");
      return apart === undefined || world.of("interface").length > 0
        ? undefined
        : { pool: "Ext-Net", portId: `@${apart.name}` };
    },
  ],
  wrongChanges: [
    set("portId", nobody),
    (draw, world, now) => {
      const reachable = behindRouter(world);
      return reachable.length === 0
        ? undefined
        : put(now, { portId: `@${draw.oneOf(reachable).name}`, fixedIp: "10.99.0.1" });
    },
  ],
};

/** Ports that a router leads to. */
function behindRouter(world: World): readonly Resource[] {
  const behind = world.of("interface")[0];
  return world
    .of("port")
    .filter(({ inputs }) => JSON.stringify(inputs.fixedIps ?? "").includes(`"${String(behind?.inputs.subnetId)}"`));
}

export const floatingIpAssociate: Kind = {
  type: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  prefix: "association",
  most: 2,
  fresh: (draw, world) => {
    const free = world
      .of("address")
      .filter(
        ({ name, inputs }) =>
          inputs.portId === undefined &&
          !world.of("association").some((other) => other.inputs.floatingIp === `@${name}.address`),
      );
    const reachable = behindRouter(world);
    if (free.length === 0 || reachable.length === 0) return undefined;
    const port = `@${draw.oneOf(reachable).name}`;
    return {
      floatingIp: `@${draw.oneOf(free).name}.address`,
      portId: port,
      ...some(draw, 30, { fixedIp: `${port}.allFixedIps.0` }),
    };
  },
  changes: [
    (_draw, _world, now) => put(now, { fixedIp: `${String(now.portId)}.allFixedIps.0` }),
    set("fixedIp", undefined),
    (draw, world, now) => {
      const others = behindRouter(world).filter(({ name }) => `@${name}` !== now.portId);
      return others.length === 0 ? undefined : put(now, { portId: `@${draw.oneOf(others).name}`, fixedIp: undefined });
    },
  ],
  mistakes: [
    (draw, world) => {
      const target = world.any(draw, "port");
      return target === undefined ? undefined : { floatingIp: "203.0.113.1", portId: `@${target.name}` };
    },
    (draw, world) => {
      const found = world.any(draw, "address");
      return found === undefined ? undefined : { floatingIp: `@${found.name}.address`, portId: nobody };
    },
    (draw, world) => {
      const found = world.any(draw, "address");
      const reachable = behindRouter(world);
      return found === undefined || reachable.length === 0
        ? undefined
        : { floatingIp: `@${found.name}.address`, portId: `@${draw.oneOf(reachable).name}`, fixedIp: "10.99.0.1" };
    },
  ],
};

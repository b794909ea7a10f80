import { certificates } from "./certificates.ts";
import { nobody, put, set, some, wrong } from "./kind.ts";
import { blockOf } from "./networks.ts";
import type { Inputs, Kind } from "./world.ts";

const freshBalancer: Inputs = (draw, world) => {
  const at = world.any(draw, "sub");
  if (at === undefined) return undefined;
  const port = world.of("port").find(({ inputs }) => inputs.noFixedIp !== true && inputs.deviceId === undefined);
  const vip = draw.oneOf([
    { vipSubnetId: `@${at.name}`, ...some(draw, 50, { vipAddress: `${blockOf(at.inputs)}.240` }) },
    { vipNetworkId: at.inputs.networkId },
    port === undefined ? { vipSubnetId: `@${at.name}` } : { vipPortId: `@${port.name}` },
  ]);
  return { ...vip, ...some(draw, 50, { name: "way-in", description: "of the shop", tags: ["shop"] }) };
};

export const loadBalancer: Kind = {
  type: "openstack:loadbalancer/loadBalancer:LoadBalancer",
  prefix: "balancer",
  most: 1,
  steady: true,
  fresh: freshBalancer,
  changes: [
    set("name", "renamed"),
    set("description", "changed", undefined),
    set("tags", ["rush"], undefined),
    set("adminStateUp", false, true),
  ],
  mistakes: [
    () => ({ vipSubnetId: nobody }),
    () => ({ name: "nowhere" }),
    () => ({ vipNetworkId: nobody }),
    () => ({ vipPortId: nobody }),
    // One that something has already.
    (_draw, world) => {
      const used = world.of("balancer").find(({ inputs }) => inputs.vipPortId !== undefined);
      return used === undefined ? undefined : { name: "second", vipPortId: used.inputs.vipPortId };
    },
    (draw, world) => wrong(freshBalancer(draw, world), { vipPortId: undefined, vipAddress: "10.99.0.1" }),
    (draw, world) => {
      const at = world.any(draw, "sub");
      return at === undefined ? undefined : { vipSubnetId: `@${at.name}`, vipPortId: nobody };
    },
    (draw, world) => {
      const at = world.any(draw, "sub");
      return at === undefined ? undefined : { vipSubnetId: `@${at.name}`, vipNetworkId: nobody };
    },
    (draw, world) => wrong(freshBalancer(draw, world), { flavorId: nobody }),
    (draw, world) => wrong(freshBalancer(draw, world), { name: "n".repeat(256) }),
  ],
};

/** A certificate in the key manager. */
export const certificate: Kind = {
  type: "openstack:keymanager/secretV1:SecretV1",
  prefix: "certificate",
  most: 2,
  // Barbican does not ask who uses it.
  goesAnyway: () => true,
  fresh: (draw, world) => ({
    name: `certificate-${world.next()}`,
    payload: draw.oneOf(certificates),
    payloadContentType: "application/octet-stream",
    payloadContentEncoding: "base64",
    secretType: "opaque",
  }),
  changes: [(_draw, world, now) => put(now, { name: `certificate-${world.next()}` })],
  mistakes: [],
};

const freshListener: Inputs = (draw, world) => {
  const owner = world.any(draw, "balancer");
  if (owner === undefined) return undefined;
  const secret = world.any(draw, "certificate");
  const protocol = draw.oneOf([
    "HTTP",
    "TCP",
    ...(secret === undefined ? [] : ["TERMINATED_HTTPS", "TERMINATED_HTTPS"]),
  ]);
  return {
    loadbalancerId: `@${owner.name}`,
    protocol,
    protocolPort: 8000 + world.next(),
    ...(protocol === "TERMINATED_HTTPS" ? { defaultTlsContainerRef: `@${secret?.name}.secretRef` } : {}),
    ...some(draw, 30, {
      name: "shop",
      description: "of the shop",
      connectionLimit: 500,
      allowedCidrs: ["10.0.0.0/8"],
      timeoutClientData: 30_000,
      timeoutMemberConnect: 4000,
      timeoutMemberData: 120_000,
      timeoutTcpInspect: 100,
      tags: ["shop"],
    }),
  };
};

export const listener: Kind = {
  type: "openstack:loadbalancer/listener:Listener",
  prefix: "listener",
  retries: true,
  most: 2,
  goesAnyway: () => true,
  fresh: freshListener,
  changes: [
    set("name", "renamed", undefined),
    set("description", "changed", undefined),
    set("connectionLimit", 100, undefined),
    set("allowedCidrs", ["10.1.0.0/16"], undefined),
    set("timeoutClientData", 40_000, undefined),
    set("timeoutMemberConnect", 6000, undefined),
    set("timeoutMemberData", 600_000, undefined),
    set("timeoutTcpInspect", 0, 200),
    (draw, world, now) => {
      const other = world.any(draw, "certificate");
      return now.protocol !== "TERMINATED_HTTPS" || other === undefined
        ? undefined
        : put(now, { defaultTlsContainerRef: `@${other.name}.secretRef` });
    },
    set("tags", ["rush"], undefined),
    set("adminStateUp", false, true),
    (_draw, world, now) =>
      now.protocol === "HTTP"
        ? put(now, { insertHeaders: world.next() % 2 === 0 ? undefined : { "X-Forwarded-For": "true" } })
        : undefined,
    (draw, world, now) => {
      const pool = world
        .of("pool")
        .find(({ inputs }) => inputs.loadbalancerId === now.loadbalancerId && inputs.protocol === now.protocol);
      return pool === undefined ? undefined : put(now, { defaultPoolId: `@${pool.name}`, ...some(draw, 0, {}) });
    },
    (_draw, world, now) => put(now, { protocolPort: 8000 + world.next() }),
  ],
  mistakes: [
    (draw, world) => wrong(freshListener(draw, world), { loadbalancerId: nobody }),
    (draw, world) => wrong(freshListener(draw, world), { protocol: "GOPHER" }),
    (draw, world) => wrong(freshListener(draw, world), { protocolPort: 70_000 }),
    (draw, world) => wrong(freshListener(draw, world), { protocolPort: undefined }),
    (draw, world) => wrong(freshListener(draw, world), { protocolPort: 0 }),
    (draw, world) => wrong(freshListener(draw, world), { defaultPoolId: nobody }),
    (draw, world) => wrong(freshListener(draw, world), { protocol: "TERMINATED_HTTPS" }),
    (draw, world) => wrong(freshListener(draw, world), { allowedCidrs: ["everywhere"] }),
    (draw, world) => wrong(freshListener(draw, world), { timeoutMemberData: -1 }),
    (draw, world) => wrong(freshListener(draw, world), { insertHeaders: { "X-Nonsense": "true" } }),
    (draw, world) =>
      wrong(freshListener(draw, world), {
        protocol: "TCP",
        defaultTlsContainerRef: undefined,
        insertHeaders: { "X-Forwarded-For": "true" },
      }),
    // A certificate where none can be, one that is not there, and something that is none.
    (draw, world) => {
      const secret = world.any(draw, "certificate");
      return secret === undefined
        ? undefined
        : wrong(freshListener(draw, world), { protocol: "HTTP", defaultTlsContainerRef: `@${secret.name}.secretRef` });
    },
    (draw, world) =>
      wrong(freshListener(draw, world), {
        protocol: "TERMINATED_HTTPS",
        defaultTlsContainerRef: `http://127.0.0.1/v1/secrets/${nobody}`,
      }),
    // Two wrong things: which one is told?
    (draw, world) => {
      const taken = world.any(draw, "listener")?.inputs;
      return taken === undefined ? undefined : put(taken, { defaultPoolId: nobody });
    },
    // The same port again.
    (draw, world) => world.any(draw, "listener")?.inputs,
  ],
  wrongChanges: [
    set("defaultPoolId", nobody),
    set("connectionLimit", -7),
    set("timeoutClientData", -1),
    set("insertHeaders", { "X-Nonsense": "true" }),
    set("defaultTlsContainerRef", `http://127.0.0.1/v1/secrets/${nobody}`),
  ],
};

const freshPool: Inputs = (draw, world) => {
  const protocol = draw.oneOf(["HTTP", "HTTP", "TCP"]);
  const under = world
    .of("listener")
    .find(
      ({ name, inputs }) =>
        inputs.protocol === protocol &&
        inputs.defaultPoolId === undefined &&
        !world.of("pool").some((other) => other.inputs.listenerId === `@${name}`),
    );
  const owner = world.any(draw, "balancer");
  const parent =
    under !== undefined && draw.chance(50)
      ? { listenerId: `@${under.name}` }
      : owner === undefined
        ? undefined
        : { loadbalancerId: `@${owner.name}` };
  if (parent === undefined) return undefined;
  return {
    ...parent,
    protocol,
    lbMethod: draw.oneOf(["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP"]),
    ...some(draw, 35, {
      name: "fronts",
      description: "of the shop",
      persistence: protocol === "HTTP" ? { type: "HTTP_COOKIE" } : { type: "SOURCE_IP" },
    }),
  };
};

export const pool: Kind = {
  type: "openstack:loadbalancer/pool:Pool",
  prefix: "pool",
  retries: true,
  most: 2,
  goesAnyway: () => true,
  fresh: freshPool,
  changes: [
    set("name", "renamed"),
    set("description", "changed", undefined),
    set("lbMethod", "ROUND_ROBIN", "LEAST_CONNECTIONS"),
    set("adminStateUp", false, true),
    set("persistence", { type: "APP_COOKIE", cookieName: "shop" }, undefined),
  ],
  mistakes: [
    (draw, world) => wrong(freshPool(draw, world), { loadbalancerId: nobody, listenerId: undefined }),
    (draw, world) => wrong(freshPool(draw, world), { loadbalancerId: undefined, listenerId: nobody }),
    (draw, world) => wrong(freshPool(draw, world), { loadbalancerId: undefined, listenerId: undefined }),
    (draw, world) => wrong(freshPool(draw, world), { lbMethod: "BY_MOOD" }),
    (draw, world) => wrong(freshPool(draw, world), { protocol: "GOPHER" }),
    (draw, world) => wrong(freshPool(draw, world), { persistence: { type: "APP_COOKIE" } }),
    (draw, world) => wrong(freshPool(draw, world), { persistence: { type: "HTTP_COOKIE", cookieName: "shop" } }),
    (draw, world) => {
      const under = world.any(draw, "listener");
      return under === undefined
        ? undefined
        : { listenerId: `@${under.name}`, protocol: "UDP", lbMethod: "ROUND_ROBIN" };
    },
    (_draw, world) => {
      // The listener speaks something else.
      const under = world.of("listener").find(({ inputs }) => inputs.protocol === "TCP");
      return under === undefined
        ? undefined
        : { listenerId: `@${under.name}`, protocol: "HTTP", lbMethod: "ROUND_ROBIN" };
    },
  ],
};

const freshMember: Inputs = (draw, world) => {
  const inside = world.any(draw, "pool");
  const at = world.any(draw, "sub");
  if (inside === undefined || at === undefined) return undefined;
  return {
    poolId: `@${inside.name}`,
    address: `${blockOf(at.inputs)}.${10 + (world.next() % 40)}`,
    protocolPort: 80,
    ...some(draw, 40, {
      name: "front",
      weight: draw.oneOf([0, 1, 5, 256]),
      subnetId: `@${at.name}`,
      backup: draw.chance(60),
      adminStateUp: draw.chance(60),
      monitorPort: 8080,
      monitorAddress: `${blockOf(at.inputs)}.9`,
    }),
  };
};

export const member: Kind = {
  type: "openstack:loadbalancer/member:Member",
  prefix: "member",
  retries: true,
  most: 3,
  importId: ({ name, inputs }) => `${String(inputs.poolId)}/@${name}`,
  fresh: freshMember,
  changes: [
    set("weight", 0, 1, 10, undefined),
    set("weight", 0, 3),
    set("name", "renamed", undefined),
    set("backup", true, false, undefined),
    set("adminStateUp", true, false),
    set("monitorPort", 8081, undefined),
    set("monitorAddress", "10.77.0.1", undefined),
    set("protocolPort", 81),
    (_draw, world, now) => put(now, { address: `10.77.0.${10 + world.next()}`, subnetId: undefined }),
  ],
  mistakes: [
    (draw, world) => wrong(freshMember(draw, world), { poolId: nobody }),
    (draw, world) => wrong(freshMember(draw, world), { weight: 257 }),
    (draw, world) => wrong(freshMember(draw, world), { protocolPort: 0 }),
    (draw, world) => wrong(freshMember(draw, world), { address: "next door" }),
    (draw, world) => wrong(freshMember(draw, world), { subnetId: nobody }),
    (draw, world) => wrong(freshMember(draw, world), { address: undefined }),
    (draw, world) => wrong(freshMember(draw, world), { monitorAddress: "next door" }),
    // Two wrong things: which one is told?
    (draw, world) => wrong(freshMember(draw, world), { address: "next door", subnetId: nobody }),
    (draw, world) => wrong(freshMember(draw, world), { poolId: nobody, monitorAddress: "next door" }),
    // The same again.
    (draw, world) => world.any(draw, "member")?.inputs,
  ],
  wrongChanges: [set("weight", 300), set("monitorPort", 70_000), set("monitorAddress", "next door")],
};

const freshMonitor: Inputs = (draw, world) => {
  const free = world
    .of("pool")
    .filter(({ name }) => !world.of("monitor").some(({ inputs }) => inputs.poolId === `@${name}`));
  if (free.length === 0) return undefined;
  return {
    poolId: `@${draw.oneOf(free).name}`,
    delay: 10,
    timeout: 5,
    maxRetries: 3,
    ...draw.oneOf([
      { type: "HTTP" },
      { type: "HTTP", urlPath: "/health", expectedCodes: "200", httpMethod: "GET" },
      { type: "HTTP", urlPath: "/health", expectedCodes: "200-204" },
      { type: "TCP" },
      { type: "PING" },
      { type: "HTTPS", urlPath: "/health" },
      { type: "TLS-HELLO" },
    ]),
    ...some(draw, 30, { name: "health", maxRetriesDown: 2, adminStateUp: draw.chance(60) }),
  };
};

export const monitor: Kind = {
  type: "openstack:loadbalancer/monitor:Monitor",
  prefix: "monitor",
  retries: true,
  most: 2,
  fresh: freshMonitor,
  changes: [
    set("delay", 20, 30),
    set("timeout", 4),
    set("maxRetries", 2),
    set("maxRetriesDown", 4, undefined),
    set("name", "renamed", undefined),
    set("adminStateUp", true, false),
    (_draw, _world, now) => (now.type === "HTTP" ? put(now, { urlPath: "/" }) : undefined),
    (_draw, _world, now) => (now.type === "HTTP" ? put(now, { expectedCodes: "200,201" }) : undefined),
    (_draw, _world, now) =>
      now.type === "HTTP"
        ? put({ ...now, type: "TCP" }, { urlPath: undefined, expectedCodes: undefined, httpMethod: undefined })
        : undefined,
  ],
  mistakes: [
    (draw, world) => wrong(freshMonitor(draw, world), { poolId: nobody }),
    (draw, world) => wrong(freshMonitor(draw, world), { type: "SMOKE" }),
    (draw, world) => wrong(freshMonitor(draw, world), { delay: 1, timeout: 5 }),
    (draw, world) => wrong(freshMonitor(draw, world), { maxRetries: 11 }),
    (draw, world) => wrong(freshMonitor(draw, world), { type: "HTTP", urlPath: "health" }),
    (draw, world) => wrong(freshMonitor(draw, world), { type: "HTTP", expectedCodes: "fine" }),
    (draw, world) =>
      wrong(freshMonitor(draw, world), {
        type: "TCP",
        urlPath: "/health",
        expectedCodes: undefined,
        httpMethod: undefined,
      }),
    (draw, world) => wrong(freshMonitor(draw, world), { delay: undefined }),
    (draw, world) => wrong(freshMonitor(draw, world), { delay: 0 }),
    (draw, world) => wrong(freshMonitor(draw, world), { timeout: 0 }),
    (draw, world) => wrong(freshMonitor(draw, world), { maxRetries: 0 }),
    // A second one of the pool.
    (draw, world) => world.any(draw, "monitor")?.inputs,
  ],
  wrongChanges: [
    set("maxRetries", 11),
    set("maxRetriesDown", 11),
    (_draw, _world, now) => put(now, { delay: 2, timeout: 9 }),
  ],
};

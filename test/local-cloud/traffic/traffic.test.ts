import { once } from "node:events";
import { createServer, get } from "node:http";
import { get as getSecurely } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { loopback } from "../../../src/local-cloud/traffic/address.ts";
import type {
  DatabaseModel,
  InstanceModel,
  MemberModel,
  TrafficModel,
} from "../../../src/local-cloud/traffic/model.ts";
import { Traffic } from "../../../src/local-cloud/traffic/traffic.ts";
import { selfSignedPkcs12 } from "../../../src/os/pkcs12.ts";

/** Apart from a cloud that may run on this machine. */
const portOffset = 20_000 + (process.pid % 20_000);
const certificate = selfSignedPkcs12(["localhost"], new Date());
const balancerAddress = "10.77.0.1";

interface Front {
  readonly name: string;
  readonly address: string;
  running: boolean;
  healthy: boolean;
  weight: number;
  reachable: boolean;
  /** Of a machine that really boots. */
  connect?: () => Promise<Socket>;
}

/** A balancer with one pool over fronts that a test switches by hand. */
class HandMadeModel implements TrafficModel {
  readonly fronts: Front[];
  database: DatabaseModel | undefined;
  /** Milliseconds. */
  timeouts = { client: 50_000, memberConnect: 5_000, memberData: 50_000 };

  constructor(count: number) {
    this.fronts = Array.from({ length: count }, (_, index) => ({
      name: `ps-${index}`,
      address: `10.77.1.${10 + index}`,
      running: true,
      healthy: true,
      weight: 1,
      reachable: true,
    }));
  }

  front(name: string): Front {
    const found = this.fronts.find((front) => front.name === name);
    if (found === undefined) throw new Error(`no front ${name}`);
    return found;
  }

  instances(): InstanceModel[] {
    return this.fronts.map((front) => ({
      id: front.name,
      name: front.name,
      flavor: "b2-7-flex",
      database: this.database,
      addresses: [front.address],
      ports: front.running ? [80] : [],
      connect: front.connect,
      health: () => ({ healthy: front.healthy, reason: front.healthy ? "ok" : "database does not answer" }),
    }));
  }

  balancers() {
    const members: MemberModel[] = this.fronts.map((front) => ({
      id: `member-${front.name}`,
      address: front.address,
      port: 80,
      weight: front.weight,
      reachable: () => front.reachable,
    }));
    const monitor = {
      delaySeconds: 5,
      // Half a minute at this scale: a machine that is busy is not a member that does not answer.
      timeoutSeconds: 3000,
      maxRetries: 2,
      maxRetriesDown: 2,
      path: "/health",
      expectedCodes: new Set([200]),
    };
    return [
      {
        id: "lb",
        name: "lb",
        addresses: [balancerAddress],
        listeners: [
          { ...listener, id: "http", port: 80, timeouts: this.timeouts },
          { ...listener, id: "https", port: 443, pkcs12: certificate, timeouts: this.timeouts },
        ],
        pools: [{ id: "pool", members, monitor }],
      },
    ];
  }
}

const listener = { forwardedProto: true, poolId: "pool" };
const open: Traffic[] = [];

async function start(model: TrafficModel): Promise<Traffic> {
  const traffic = new Traffic(model, { portOffset, scale: 100, instanceCertificate: certificate });
  open.push(traffic);
  await traffic.refresh();
  return traffic;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((traffic) => traffic.close()));
});

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly server: string | undefined;
}

function request(path: string, options: { holdMs?: number; port?: number } = {}): Promise<Answer> {
  const port = options.port ?? 443;
  const target = {
    ...loopback(balancerAddress, port, portOffset),
    path,
    agent: false,
    rejectUnauthorized: false,
    headers: options.holdMs === undefined ? {} : { "x-local-cloud-hold-ms": String(options.holdMs) },
  };
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  (port === 443 ? getSecurely : get)(target, (response) => {
    response.resume();
    response.once("error", reject);
    response.once("end", () => {
      const server = response.headers["x-served-by"];
      resolve({
        status: response.statusCode ?? 0,
        location: response.headers.location,
        server: typeof server === "string" ? server : undefined,
      });
    });
  }).once("error", reject);
  return promise;
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  // The test's own limit ends a condition that never comes true.
  while (!(await condition())) await pause(10);
}

const allOnline = (model: HandMadeModel, traffic: Traffic) =>
  model.fronts.every((front) => traffic.memberStatus("pool", { id: `member-${front.name}`, weight: 1 }) === "ONLINE");

test("requests go to the members in turn, and plain HTTP is sent to HTTPS with its path", async () => {
  const traffic = await start(new HandMadeModel(2));
  const served = [await request("/"), await request("/"), await request("/"), await request("/")];
  expect(new Set(served.map((answer) => answer.server))).toEqual(new Set(["ps-0", "ps-1"]));
  expect(served.every((answer) => answer.status === 200)).toBe(true);
  const plain = await request("/panier?article=3", { port: 80 });
  expect(plain.status).toBe(301);
  expect(plain.location).toBe("https://127.77.0.1/panier?article=3");
  expect(traffic.figures().failures).toBe(0);
});

test("a machine that refuses a connection gets no request, though its door on loopback accepts", async () => {
  const model = new HandMadeModel(2);
  const machine = createServer((_, response) => response.writeHead(200, { "x-served-by": "machine" }).end());
  machine.listen(0, "127.0.0.1");
  await once(machine, "listening");
  onTestFinished(() => void machine.close());
  let refuses = false;
  model.front("ps-0").connect = async () => {
    if (refuses) throw new Error("connection refused");
    const socket = connect((machine.address() as AddressInfo).port, "127.0.0.1");
    await once(socket, "connect");
    return socket;
  };
  const traffic = await start(model);
  await until(() => allOnline(model, traffic));
  expect(new Set([await request("/"), await request("/")].map(({ server }) => server))).toEqual(
    new Set(["machine", "ps-1"]),
  );
  refuses = true;
  const served = [await request("/"), await request("/")];
  expect(served).toEqual([expect.objectContaining({ status: 200, server: "ps-1" }), served[0]]);
});

test("a front whose database fails is taken out after its failed checks and comes back", async () => {
  const model = new HandMadeModel(2);
  const traffic = await start(model);
  await until(() => allOnline(model, traffic));
  model.front("ps-0").healthy = false;
  await traffic.refresh();
  await until(() => traffic.memberStatus("pool", { id: "member-ps-0", weight: 1 }) === "ERROR");
  for (let count = 0; count < 6; count++) expect((await request("/")).server).toBe("ps-1");
  model.front("ps-0").healthy = true;
  await traffic.refresh();
  await until(() => traffic.memberStatus("pool", { id: "member-ps-0", weight: 1 }) === "ONLINE");
  const servers = [await request("/"), await request("/")].map((answer) => answer.server);
  expect(new Set(servers)).toEqual(new Set(["ps-0", "ps-1"]));
});

test("without any member left the balancer answers 503 and counts it", async () => {
  const model = new HandMadeModel(1);
  const traffic = await start(model);
  model.front("ps-0").weight = 0;
  await traffic.refresh();
  expect((await request("/")).status).toBe(503);
  expect(traffic.figures()).toMatchObject({ requests: 1, failures: 1, causes: { "no member": 1 } });
});

test("a member that its security group does not let in gets nothing", async () => {
  const model = new HandMadeModel(2);
  model.front("ps-0").reachable = false;
  const traffic = await start(model);
  for (let count = 0; count < 4; count++) expect((await request("/")).server).toBe("ps-1");
  await until(() => traffic.memberStatus("pool", { id: "member-ps-0", weight: 1 }) === "ERROR");
});

test("a page that takes longer than the listener waits is a 504, and passes once the listener waits longer", async () => {
  const model = new HandMadeModel(1);
  model.timeouts.memberData = 150;
  const traffic = await start(model);
  const began = performance.now();
  expect((await request("/import", { holdMs: 20_000 })).status).toBe(504);
  expect(performance.now() - began).toBeLessThan(10_000);
  await until(() => traffic.figures().failures === 1);
  expect(traffic.figures().causes).toEqual({ "status 504": 1 });
  model.timeouts.memberData = 20_000;
  await traffic.refresh();
  expect((await request("/import", { holdMs: 300 })).status).toBe(200);
});

test("a page more than the database has connections for is an error, on whichever front, and no front is unhealthy", async () => {
  const model = new HandMadeModel(2);
  model.database = { id: "mysql", maxConnections: 4, perRequest: 2 };
  const traffic = await start(model);
  const held = [request("/", { holdMs: 1500 }), request("/", { holdMs: 1500 })];
  const memberOf = (name: string) => traffic.activeConnections(`member-${name}`);
  await until(() => memberOf("ps-0") === 1 && memberOf("ps-1") === 1);
  expect((await request("/")).status).toBe(500);
  expect((await request("/health")).status).toBe(200);
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
  await until(() => memberOf("ps-0") + memberOf("ps-1") === 0);
  expect((await request("/")).status).toBe(200);
});

test("a drained member gets no new request, and its open one ends well", async () => {
  const model = new HandMadeModel(2);
  const traffic = await start(model);
  const slow = [request("/slow", { holdMs: 3_000 }), request("/slow", { holdMs: 3_000 })];
  await until(() => traffic.activeConnections("member-ps-0") === 1 && traffic.activeConnections("member-ps-1") === 1);
  model.front("ps-0").weight = 0;
  await traffic.refresh();
  for (let count = 0; count < 4; count++) expect((await request("/")).server).toBe("ps-1");
  expect(traffic.activeConnections("member-ps-0")).toBe(1);
  expect((await Promise.all(slow)).map((answer) => answer.status)).toEqual([200, 200]);
  await until(() => traffic.activeConnections("member-ps-0") === 0);
  expect(traffic.figures().failures).toBe(0);
});

test("a machine that is switched off without a drain loses its open request, and the figures say so", async () => {
  const model = new HandMadeModel(1);
  const traffic = await start(model);
  const lost = request("/slow", { holdMs: 60_000 });
  await until(() => traffic.activeConnections("member-ps-0") === 1);
  model.front("ps-0").running = false;
  await traffic.refresh();
  expect((await lost).status).toBe(502);
  await until(() => traffic.figures().failures === 1);
  expect(traffic.figures().causes).toEqual({ "connection cut": 1 });
});

test("no request is lost while the members are drained, restarted and readmitted one by one under load", async () => {
  const model = new HandMadeModel(3);
  const traffic = await start(model);
  await until(() => allOnline(model, traffic));
  const rounds = new AbortController();
  const failures: string[] = [];
  let answered = 0;
  const client = async () => {
    while (!rounds.signal.aborted) {
      const answer = await request("/", { holdMs: 5 }).catch((error: Error) => ({ status: error.message }));
      if (answer.status === 200) answered++;
      else failures.push(String(answer.status));
    }
  };
  const clients = Array.from({ length: 8 }, client);
  for (const front of model.fronts) {
    const member = `member-${front.name}`;
    front.weight = 0;
    await traffic.refresh();
    await until(() => traffic.activeConnections(member) === 0);
    front.running = false;
    await traffic.refresh();
    const before = answered;
    await until(() => answered > before + 40);
    front.running = true;
    await traffic.refresh();
    await until(() => traffic.memberStatus("pool", { id: member, weight: 0 }) === "DRAINING");
    front.weight = 1;
    await traffic.refresh();
    await until(() => traffic.activeConnections(member) > 0);
  }
  rounds.abort();
  await Promise.all(clients);
  expect(failures).toEqual([]);
  expect(traffic.figures().failures).toBe(0);
  expect(traffic.figures().requests).toBe(answered);
  expect(answered).toBeGreaterThan(120);
});

test("an address that another process holds is a problem to show, and is opened once it is free", async () => {
  const first = await start(new HandMadeModel(1));
  const second = await start(new HandMadeModel(1));
  expect(second.figures().problems.join()).toContain("EADDRINUSE");
  const { host, port } = loopback("10.77.1.10", 80, portOffset);
  expect(second.unboundAddresses()).toContainEqual({
    address: `${host}:${port}`,
    owner: "instance ps-0 10.77.1.10:80",
    error: "EADDRINUSE",
  });
  // Its monitor must not take the other cloud's machine for its own.
  await until(() => second.memberStatus("pool", { id: "member-ps-0", weight: 1 }) === "ERROR");
  await first.close();
  open.splice(open.indexOf(first), 1);
  await second.refresh();
  expect(second.figures().problems).toEqual([]);
  await until(() => second.memberStatus("pool", { id: "member-ps-0", weight: 1 }) === "ONLINE");
  expect((await request("/")).status).toBe(200);
});

test("a balancer counts its connections, open and all, and what it could not read", async () => {
  const traffic = await start(new HandMadeModel(2));
  const { host, port } = loopback(balancerAddress, 80, portOffset);
  await request("/");
  await until(() => traffic.balancerFigures("lb").activeConnections === 0);
  const slow = request("/slow", { holdMs: 3_000 });
  await until(() => traffic.balancerFigures("lb").activeConnections === 1);
  expect(traffic.balancerFigures("lb")).toMatchObject({ totalConnections: 2, requestErrors: 0 });
  await slow;
  const rough = connect({ host, port }, () => rough.end("this is no request\r\n\r\n"));
  rough.resume();
  await until(() => traffic.balancerFigures("lb").requestErrors === 1);
  await until(() => traffic.balancerFigures("lb").activeConnections === 0);
  const figures = traffic.balancerFigures("lb");
  expect(figures.totalConnections).toBe(3);
  expect(figures.bytesIn).toBeGreaterThan(0);
  expect(figures.bytesOut).toBeGreaterThan(figures.bytesIn / 100);
  traffic.resetFigures();
  expect(traffic.balancerFigures("lb").totalConnections).toBe(3);
});

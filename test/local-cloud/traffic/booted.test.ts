import { createServer, get } from "node:http";
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { loopback } from "../../../src/local-cloud/traffic/address.ts";
import type { BalancerModel, InstanceModel, TrafficModel } from "../../../src/local-cloud/traffic/model.ts";
import { Traffic } from "../../../src/local-cloud/traffic/traffic.ts";
import { createShop, frontAddress, openCloud } from "../test-cloud.ts";

const portOffset = 21_000;
const address = "10.78.1.10";

/** A model of one machine that really boots, with its pool. */
function modelOf(connectTo: (port: number) => Promise<Socket>): TrafficModel {
  const instance: InstanceModel = {
    id: "front",
    name: "front",
    flavor: "b2-7-flex",
    addresses: [address],
    ports: [80],
    health: () => ({ healthy: true, reason: "ok" }),
    connect: connectTo,
  };
  const monitor = {
    delaySeconds: 5,
    timeoutSeconds: 4,
    maxRetries: 1,
    maxRetriesDown: 1,
    path: "/health",
    expectedCodes: new Set([200]),
  };
  const member = { id: "member", address, port: 80, weight: 1, reachable: () => true };
  const balancer: BalancerModel = {
    id: "balancer",
    name: "balancer",
    addresses: [],
    listeners: [],
    pools: [{ id: "pool", members: [member], monitor }],
  };
  return { instances: () => [instance], balancers: () => [balancer] };
}

async function start(connectTo: (port: number) => Promise<Socket>): Promise<Traffic> {
  const traffic = new Traffic(modelOf(connectTo), { portOffset, scale: 100, instanceCertificate: Buffer.alloc(0) });
  onTestFinished(() => traffic.close());
  await traffic.refresh();
  return traffic;
}

function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port }, () => resolve(socket)).once("error", reject);
  });
}

test("a machine that boots is reached, and its monitor sees it change although no record does", async () => {
  let status = 200;
  const machine = createServer((_request, response) => response.writeHead(status).end("machine")).listen(
    0,
    "127.0.0.1",
  );
  onTestFinished(() => void machine.close());
  await new Promise((resolve) => machine.once("listening", resolve));
  const traffic = await start(() => dial((machine.address() as AddressInfo).port));
  const body = await new Promise<string>((resolve, reject) => {
    get({ ...loopback(address, 80, portOffset), agent: false }, (response) => {
      response.setEncoding("utf8").once("data", resolve);
    }).once("error", reject);
  });
  expect(body).toBe("machine");
  for (const [answer, wanted] of [
    [200, "ONLINE"],
    [503, "ERROR"],
    [200, "ONLINE"],
  ] as const) {
    status = answer;
    while (traffic.memberStatus("pool", { id: "member", weight: 1 }) !== wanted) await pause(10);
  }
});

test("a machine that speaks first is heard, and one that refuses resets the connection", async () => {
  const machine = createTcpServer((socket) => socket.end("SSH-2.0-test\r\n")).listen(0, "127.0.0.1");
  onTestFinished(() => void machine.close());
  await new Promise((resolve) => machine.once("listening", resolve));
  let refuses = false;
  await start(() => (refuses ? Promise.reject(new Error("refused")) : dial((machine.address() as AddressInfo).port)));
  const read = () =>
    new Promise<string>((resolve, reject) => {
      let text = "";
      connect(loopback(address, 80, portOffset))
        .on("data", (data) => {
          text += data.toString();
        })
        .on("end", () => resolve(text))
        .on("error", reject);
    });
  expect(await read()).toBe("SSH-2.0-test\r\n");
  refuses = true;
  await expect(read()).rejects.toMatchObject({ code: "ECONNRESET" });
});

test("health is that of a machine that boots, where there is one", async () => {
  const cloud = openCloud();
  const shop = await createShop(cloud);
  let reason: string | undefined = "its health check answers 503: no tables";
  const changed = cloud.useBootedGuests((id) => (id === shop.serverId ? { running: true, reason } : undefined));
  expect(cloud.frontHealth(frontAddress)).toMatchObject({ healthy: false, reason, running: true });
  expect(cloud.octavia.members.get(shop.poolId, shop.memberId).operatingStatus).toBe("ERROR");
  reason = undefined;
  changed();
  expect(cloud.frontHealth(frontAddress)).toMatchObject({ healthy: true, running: true });
});

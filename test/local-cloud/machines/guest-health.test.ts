import { once } from "node:events";
import { createServer as createWebServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { GuestHealth, guestServices } from "../../../src/local-cloud/machines/guest-health.ts";
import { createPart, openCloud } from "../test-cloud.ts";

const web = guestServices.find(({ port }) => port === 80);
const ssh = guestServices.find(({ port }) => port === 22);

/** What is told of a machine with that server, once it differs from the first answer. */
async function health(server: Server, serves: typeof web): Promise<unknown> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const changed = Promise.withResolvers<void>();
  const told = new GuestHealth({
    connect: async () => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      return socket;
    },
    serves: () => serves,
    onChange: changed.resolve,
  });
  onTestFinished(() => told.close());
  await changed.promise;
  return told.last;
}

it.each([
  ["SSH-2.0-OpenSSH_9.2p1\r\n", undefined],
  ["220 mail\r\n", "its port 22 speaks no SSH"],
  ["", "its SSH server closes the connection"],
])("judges a machine that serves SSH alone by its greeting: %j", async (greeting, reason) => {
  expect(
    await health(
      createServer((socket) => socket.end(greeting)),
      ssh,
    ),
  ).toEqual({ running: true, reason });
});

it.each([
  [200, undefined],
  [503, "its health check answers 503: no database"],
])("judges a machine that serves pages by its health check: %i", async (code, reason) => {
  const server = createWebServer((_, response) => response.writeHead(code).end("no database"));
  expect(await health(server, web)).toEqual({ running: true, reason });
});

it("finds nothing wrong with a machine that nothing may reach", async () => {
  expect(await health(createServer(), undefined)).toEqual({ running: true, reason: undefined });
});

it("takes from the security groups of a port what its machine serves", () => {
  const cloud = openCloud();
  const { neutron } = cloud;
  const { networkId } = createPart(cloud, 5);
  const group = neutron.securityGroups.create({ name: "bastion" }).id;
  const rule = { securityGroupId: group, direction: "ingress", ethertype: "IPv4", protocol: "tcp" } as const;
  neutron.securityGroups.createRule({ ...rule, portRangeMin: 22, portRangeMax: 22, remoteIpPrefix: "203.0.113.0/24" });
  const port = neutron.ports.create({ name: "bastion", networkId, securityGroupIds: [group] }).id;
  expect([22, 80].map((number) => neutron.securityGroups.opensTcp(port, number))).toEqual([true, false]);
});

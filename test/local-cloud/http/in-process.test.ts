import { expect, it } from "vitest";
import { connectClients } from "../../../src/clouds/ovh/connect.ts";
import { ControlClient } from "../../../src/local-cloud/http/control-client.ts";
import { HttpCalls } from "../../../src/local-cloud/http/http-calls.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import { type Host, host, runOn } from "../../../src/os/host.ts";
import { inProcessFetch } from "../in-process-fetch.ts";
import { createShop, openCloud } from "../test-cloud.ts";

const base = "http://cloud.example";
const token = "control-token";

/** A shop on a cloud, its clients and its controls; no socket is opened. */
async function openShop() {
  const cloud = openCloud();
  const { apis } = openSimulators(cloud, await loadSimulators());
  const calls = new HttpCalls({ cloud, apis, token });
  const shop = await createShop(cloud);
  const { userName, password } = cloud.keystone.operator();
  const { projectId, projectName } = cloud.keystone;
  const clients = connectClients({
    openstack: {
      authUrl: `${base}/identity/v3`,
      region: "GRA11",
      identity: {
        kind: "password",
        user: userName,
        password,
        userDomain: "Default",
        projectId,
        projectName,
        projectDomain: "Default",
      },
    },
    ovh: { kind: "address", url: `${base}/1.0`, token },
    projectId,
  });
  const control = new ControlClient({
    version: 1,
    pid: 1,
    startTicks: "",
    providers: {},
    httpUrl: base,
    token,
    trafficPortOffset: 0,
    extensions: "",
  });
  // Nobody waits on the wall: a pause before a second attempt is over at once.
  const clock: Host["clock"] = { now: () => new Date(cloud.clock.now()), sleep: () => Promise.resolve() };
  const machine: Host = { ...host(), clock, fetch: inProcessFetch(calls, base) };
  return { cloud, shop, clients, control, machine };
}

it("answers the clients of a command in the same process, with the status that the model gives a member", async () => {
  const { cloud, shop, clients, machine } = await openShop();
  await runOn(machine, async () => {
    expect(await clients.compute.findServers("ps-")).toMatchObject([{ id: shop.serverId, state: "active" }]);
    const [member] = await clients.loadBalancer.members("pool");
    expect(member).toMatchObject({ id: shop.memberId, weight: 1, operatingStatus: "ONLINE", activeConnections: 0 });
    expect(await clients.loadBalancer.traffic(shop.balancerId)).toEqual({
      connections: 0,
      openConnections: 0,
      requestErrors: 0,
    });
  });
  expect(cloud.journal.entries({ operation: "http" }).length).toBeGreaterThan(0);
});

it("obeys controls and faults there too: a call whose answer is lost is repeated", async () => {
  const { cloud, clients, control, machine } = await openShop();
  await runOn(machine, async () => {
    await control.orderFault({ effect: { kind: "drop-after-accept" }, match: { operation: "http" } });
    expect(await clients.compute.findServers("ps-")).toHaveLength(1);
  });
  const outcomes = cloud.journal.entries({ operation: "http" }).map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome !== "ok")).toEqual(["dropped"]);
});

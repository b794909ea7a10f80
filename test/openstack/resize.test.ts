import * as openstack from "@pulumi/openstack";
import type { Resource } from "@pulumi/pulumi";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { EngineStack, Program, RunResult } from "../../src/engine/port.ts";
import { Cloud, nothing } from "./cloud.ts";

/** The smallest shop: two fronts that a server group keeps apart, one of them with a volume. Flavors may differ from run to run. */
function fronts(flavors: { readonly first: string; readonly second: string }): Program {
  return async () => {
    const network = new openstack.networking.Network("front");
    const subnet = new openstack.networking.Subnet("front", {
      networkId: network.id,
      cidr: "10.10.1.0/24",
      gatewayIp: "10.10.1.254",
      allocationPools: [{ start: "10.10.1.100", end: "10.10.1.200" }],
    });
    const group = new openstack.compute.ServerGroup("fronts", { policies: ["soft-anti-affinity"] });
    const imageId = openstack.images.getImageOutput({ name: "Debian 12", mostRecent: true }).id;
    const create = (name: string, flavorName: string, ipAddress: string, dependsOn: readonly Resource[] = []) => {
      const port = new openstack.networking.Port(name, {
        networkId: network.id,
        fixedIps: [{ subnetId: subnet.id, ipAddress }],
      });
      return new openstack.compute.Instance(
        name,
        {
          name,
          flavorName,
          imageId,
          userData: "#cloud-config\n",
          networks: [{ port: port.id }],
          schedulerHints: [{ group: group.id }],
        },
        { dependsOn: [...dependsOn] },
      );
    };
    const first = create("first", flavors.first, "10.10.1.10");
    // Not both at once: so created, they were once seen on one host, which the soft policy allows.
    const second = create("second", flavors.second, "10.10.1.11", [first]);
    const volume = new openstack.blockstorage.Volume("data", { size: 1 });
    new openstack.compute.VolumeAttach("data", { instanceId: first.id, volumeId: volume.id });
    return { first: first.id, second: second.id };
  };
}

const small = fronts({ first: "b2-7", second: "b2-7" });
const oneLarge = fronts({ first: "b2-15", second: "b2-7" });

let cloud: Cloud;
let stack: EngineStack;

beforeAll(async () => {
  cloud = await Cloud.enter("resize");
  stack = await cloud.openStack("prod");
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await stack?.destroy();
  cloud?.leave();
});

test("a server is resized in place and back, and nothing is left after destroy", async () => {
  const created = await stack.up(small);
  tell("first creation", created);
  expect(changesOf(created, "create")).toHaveLength(9);
  const { first, second } = created.outputs as { first: string; second: string };
  expect(await cloud.count()).toEqual({ ...nothing, servers: 2, ports: 2, volumes: 1, networks: 1 });
  expect((await cloud.hosts(first, second)).size).toBe(2);
  const before = await seen();

  tell("nothing to do", await stack.up(small));

  for (const [title, program, flavor] of [
    ["b2-7 -> b2-15", oneLarge, "b2-15"],
    ["b2-15 -> b2-7", small, "b2-7"],
  ] as const) {
    const preview = await stack.preview(program);
    expect(preview.changes.filter((one) => one.change !== "same")).toMatchObject([
      { name: "first", change: "update", changedProperties: ["flavorName"], replacingProperties: [] },
    ]);
    const resized = await stack.up(program);
    tell(title, resized);
    expect(changesOf(resized, "update")).toEqual(["first"]);
    expect(changesOf(resized, "replace")).toEqual([]);
    const after = await seen();
    expect(after).toEqual(before.map((server) => (server.name === "first" ? { ...server, flavor } : server)));
    expect(resized.outputs).toMatchObject({ first, second });
  }

  const actions = await cloud.serverActions(first);
  for (const { action, startedAt, finishedAt } of actions) {
    const seconds = finishedAt === undefined ? "?" : ((finishedAt.getTime() - startedAt.getTime()) / 1000).toFixed(0);
    console.log(`  Nova: ${action} of first at ${startedAt.toISOString()}, ${seconds} s`);
  }
  expect(actions.map((one) => one.action)).toEqual([
    "create",
    "attach_volume",
    ...["resize", "confirmResize"],
    ...["resize", "confirmResize"],
  ]);
  expect((await cloud.serverActions(second)).map((one) => one.action)).toEqual(["create"]);

  tell("destroy", await stack.destroy());
  expect(await cloud.count()).toEqual(nothing);
});

/** The servers as Nova shows them, through the project's own client. */
async function seen() {
  const servers = await cloud.compute.findServers("");
  return servers.map(({ id, name, state, flavor, address }) => ({ id, name, state, flavor, address }));
}

function changesOf(result: RunResult, change: string): readonly string[] {
  return result.changes
    .filter((one) => one.change === change && !one.type.startsWith("pulumi:"))
    .map((one) => one.name);
}

function tell(title: string, { durationSeconds }: RunResult): void {
  console.log(`  ${title}: ${durationSeconds.toFixed(1)} s`);
}

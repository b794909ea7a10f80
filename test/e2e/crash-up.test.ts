import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResourceSet } from "./crash/crash-scene.ts";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";

/** One first `up`, killed again and again: each test takes it on to the next point, deeper in the order of creation. */
let scene: CrashScene;
let undisturbed: Promise<ResourceSet>;

beforeAll(async () => {
  scene = await CrashScene.start();
  undisturbed = CrashScene.undisturbed(["up", "--yes"]);
});
afterAll(() => scene.dispose());

const create = (type: string, name?: string) => ({
  match: { type, operation: "create", ...(name === undefined ? {} : { name }) },
});

/** What is held at one point comes after what was held at the point before, so that no earlier run has got there. */
const points: readonly CrashPoint[] = [
  {
    point: "vRack, volume, certificate, server group, user accepted: command and engine",
    steps: [
      create("Vrack/cloudProject:CloudProject"),
      create("Volume", "lor-prod-ps-0-data"),
      create("SecretV1"),
      create("ServerGroup"),
      create("CloudProject/user:User", "images"),
    ],
    kill: ["command", "engine"],
  },
  {
    point: "networks and an S3 key accepted: engine",
    steps: [
      create("Network", "lor-prod-prestashop"),
      create("Network", "lor-prod-mysql"),
      create("Network", "lor-prod-lb"),
      create("S3Credential", "images"),
    ],
    kill: ["engine"],
  },
  {
    point: "subnets accepted: command",
    steps: [
      create("Subnet", "lor-prod-prestashop"),
      create("Subnet", "lor-prod-mysql"),
      create("Subnet", "lor-prod-lb"),
    ],
    kill: ["command"],
  },
  {
    point: "router interfaces accepted: cloud",
    steps: [
      create("RouterInterface", "prestashop"),
      create("RouterInterface", "mysql"),
      create("RouterInterface", "lb"),
    ],
    kill: ["cloud"],
  },
  {
    point: "port, database, floating address accepted: command and engine",
    steps: [create("Port", "lor-prod-ps-0"), create("Database", "mysql"), create("FloatingIp", "lb")],
    kill: ["command", "engine"],
  },
  {
    point: "load balancer, database user and logical database accepted: engine",
    steps: [
      create("CloudProject/loadBalancer:LoadBalancer"),
      create("CloudProjectDatabase/user:User", "prestashop"),
      create("DatabaseInstance", "prestashop"),
    ],
    kill: ["engine"],
  },
  {
    point: "pool accepted, guest document stored: command",
    steps: [create("Pool"), create("ContainerObject", "guests/ps-0.json")],
    kill: ["command"],
  },
  {
    point: "instance, listener, monitor accepted: cloud",
    steps: [create("Instance", "lor-prod-ps-0"), create("Listener", "lor-prod-lb-https"), create("Monitor")],
    kill: ["cloud"],
  },
  {
    point: "instance adopted, what its provider cannot read not yet in the state: command",
    steps: [],
    until: (crash) =>
      crash.recorded("openstack:compute/instance:Instance", "ps-0", ({ userData }) => userData === undefined),
    kill: ["command"],
  },
  {
    point: "volume attachment and instance backup accepted: command and engine",
    steps: [create("VolumeAttach", "ps-0-data"), create("WorkflowBackup", "lor-prod-ps-0-backup")],
    kill: ["command", "engine"],
  },
  { point: "pool member accepted: engine", steps: [create("Member", "lor-prod-ps-0")], kill: ["engine"] },
];

describe("the same `lor-infra up` again, after a kill -9 at", () => {
  it.each(points)(
    "$point",
    async (point) => {
      const run = await scene.crash(["up", "--yes"], point);
      expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
    },
    180_000,
  );

  it("ends with what an undisturbed one makes, nothing created twice, nothing left to do", async () => {
    await scene.succeed(["up", "--yes"]);
    const resources = await scene.resources();
    const reference = await undisturbed;
    expect(resources.state).toEqual(reference.state);
    expect(resources.cloud).toEqual(reference.cloud);
    expect(await scene.createdTwice()).toEqual([]);
    const again = await scene.project.json<{ changes: unknown[] }>(["up", "--yes"]);
    expect(again.changes).toEqual([]);
    await scene.succeed(["preview", "--detect"]);
    const status = await scene.project.json<{ fronts: { pool: string; healthy: boolean }[] }>(["status"]);
    expect(status.fronts).toMatchObject([
      { pool: "serving", healthy: true },
      { pool: "serving", healthy: true },
    ]);
  }, 180_000);
});

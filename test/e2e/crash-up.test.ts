import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";
import { undisturbed } from "./created-stack.ts";
import { InProcessProject } from "./in-process.ts";
import { ended } from "./project.ts";

/**
 * One first `up`, killed again and again: each test takes it on to the next point, deeper in the order of creation. Together the points meet one
 * creation of nearly every type that lives in the cloud: its answer is lost, and the next run must find what was made.
 */
let scene: CrashScene;

beforeAll(async () => {
  scene = await CrashScene.start();
});
afterAll(() => scene.dispose());

it("two at once: the second ends with 4 and names the first; a paused one still holds; a dead one does not", async () => {
  // The first of all creations, the vRack's, one at a time: nothing else is made meanwhile.
  await scene.order({ operation: "create" }, { kind: "hold" });
  const first = scene.project.start(["up", "--yes", "--parallel", "1"]);
  const end = ended(first);
  await expect.poll(() => scene.control.held(), { timeout: 600_000, interval: 50 }).toHaveLength(1);

  const second = await scene.project.run(["up", "--yes"]);
  expect(second.code).toBe(4);
  expect(second.stderr).toContain(`(process ${first.pid})`);
  expect(second.stderr).toContain("lor-infra up");
  expect((await scene.project.json<{ lockedBy: string }>(["status"])).lockedBy).toContain(`process ${first.pid}`);

  first.kill("SIGSTOP");
  const third = await scene.project.run(["destroy", "--with-data", "--yes"]);
  expect(third.code, "a paused holder may wake up").toBe(4);
  expect(third.stderr).toContain(`(process ${first.pid})`);
  expect((await scene.project.run(["up", "--yes", "--take-over"])).code, "not even by --take-over").toBe(4);

  first.kill("SIGKILL");
  expect((await end).code).toBe(null);
});

const create = (type: string, name?: string) => ({
  match: { type, operation: "create", ...(name === undefined ? {} : { name }) },
});

/** Each is met by the run after the one that was killed before. What is held at one point comes after what was held at the point before, so that no earlier run has got there. */
const points: readonly CrashPoint[] = [
  {
    point: "networks, router, volume, certificate, groups, user, buckets accepted: command and engine",
    // The dead command's engine waits for its vRack until this one ends it, and finds what it had made.
    engineLives: true,
    steps: [
      create("Network", "lor-prod-prestashop"),
      create("Network", "lor-prod-mysql"),
      create("Network", "lor-prod-postgresql"),
      create("Network", "lor-prod-lb"),
      create("Router"),
      create("Volume", "lor-prod-ps-0-data"),
      create("SecretV1"),
      create("SecGroup", "lor-prod-odoo"),
      create("ServerGroup"),
      create("CloudProject/user:User", "images"),
      create("CloudProject/storage:Storage", "lor-prod-copies"),
      create("Container"),
    ],
    kill: ["command", "engine"],
  },
  {
    point: "router interfaces, a rule and an S3 key accepted: cloud",
    steps: [
      create("SecGroupRule", "odoo-https"),
      create("S3Credential", "images"),
      create("RouterInterface", "prestashop"),
      create("RouterInterface", "mysql"),
      create("RouterInterface", "postgresql"),
      create("RouterInterface", "lb"),
    ],
    kill: ["cloud"],
  },
  {
    point: "port, databases, floating address accepted: command and engine",
    steps: [
      create("Port", "lor-prod-ps-0"),
      create("Database", "mysql"),
      create("Database", "postgresql"),
      create("FloatingIp", "lb"),
    ],
    kill: ["command", "engine"],
  },
  {
    point: "load balancer, database user and logical database accepted: engine",
    steps: [
      create("CloudProject/loadBalancer:LoadBalancer"),
      create("CloudProjectDatabase/user:User", "prestashop"),
      create("DatabaseInstance", "prestashop"),
      create("PostgresSqlUser"),
    ],
    kill: ["engine"],
  },
  {
    point: "instance and pool accepted, guest document stored: cloud",
    steps: [create("Instance", "lor-prod-ps-0"), create("Pool"), create("ContainerObject", "guests/odoo.json")],
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
    point: "volume attachment, instance backup, pool member, listener, monitor accepted: engine",
    steps: [
      create("VolumeAttach", "odoo-data"),
      create("WorkflowBackup", "lor-prod-ps-0-backup"),
      create("Member", "lor-prod-ps-0"),
      create("Listener", "lor-prod-lb-https"),
      create("Monitor"),
    ],
    kill: ["engine"],
  },
];

describe("the same `lor-infra up` again, after a kill -9 at", () => {
  it.each(points)("$point", async (point) => {
    const run = await scene.crash(["up", "--yes", "--parallel", "40"], point);
    expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
  });

  it("ends with what an undisturbed one makes, nothing created twice, nothing left to do", async () => {
    await scene.succeed(["up", "--yes"]);
    const resources = await scene.resources();
    const reference = await undisturbed("normal");
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
  });
});

/** On its own, because at the points above the pool is always there before a front: a run that repairs must not make the front wait for it then either. */
describe("a load balancer of plain OpenStack that is slower than the fronts", () => {
  let slow: CrashScene;

  beforeAll(async () => {
    const project = new InProcessProject();
    project.edit("Pulumi.yaml", (text) => text.replace("driver: ovh", "driver: openstack"));
    project.edit("Pulumi.rush.yaml", (text) => text.replace("bandwidth: 2000", "bandwidth: 500"));
    slow = await CrashScene.over(project);
  });
  afterAll(() => slow.dispose());

  it("killed while both are created: the same command ends it", async () => {
    const run = await slow.crash(["up", "--yes"], {
      point: "load balancer, instance, volume attachment accepted: engine",
      steps: [
        create("loadbalancer/loadBalancer:LoadBalancer"),
        create("Instance", "lor-prod-ps-0"),
        create("VolumeAttach", "odoo-data"),
      ],
      kill: ["engine"],
    });
    expect(run.code, run.stderr).toBe(1);
    await slow.succeed(["up", "--yes"]);
    expect(await slow.createdTwice()).toEqual([]);
    await slow.succeed(["preview", "--detect"]);
  });
});

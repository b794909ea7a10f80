import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";
import { ServingWatch } from "./crash/serving-watch.ts";
import { createdProject, undisturbed } from "./created-stack.ts";

/** The way back from rush, and then the end of the stack, killed again and again. */
let scene: CrashScene;
let watch: ServingWatch;

beforeAll(async () => {
  scene = await CrashScene.over(await createdProject("rush"));
  watch = new ServingWatch(scene.home);
});
afterAll(async () => {
  await watch?.stop();
  await scene.dispose();
});

const update = (type: string, name?: string) => ({
  match: { type, operation: "update", ...(name === undefined ? {} : { name }) },
});
const remove = (type: string, name: string) => ({ match: { type, operation: "delete", name } });

const back: readonly CrashPoint[] = [
  {
    point: "first front shrinking: command and engine",
    steps: [update("Instance", "lor-prod-ps-0")],
    kill: ["command", "engine"],
  },
  {
    point: "extra front out of the pool: engine",
    steps: [remove("Member", "lor-prod-ps-2")],
    kill: ["engine"],
  },
  {
    point: "smaller load balancer accepted: cloud",
    steps: [update("CloudProject/loadBalancer:LoadBalancer")],
    kill: ["cloud"],
  },
];

describe("the same `lor-infra normal` again, after a kill -9 at", () => {
  it.each(back)("$point", async (point) => {
    const run = await scene.crash(["normal", "--yes"], point);
    expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
  });

  it("ends with what an undisturbed `up` makes, nothing created twice, the shop served throughout", async () => {
    await scene.succeed(["normal", "--yes"]);
    const reference = await undisturbed("normal");
    const resources = await scene.resources();
    expect(resources.state).toEqual(reference.state);
    expect(resources.cloud).toEqual(reference.cloud);
    expect(await scene.createdTwice()).toEqual([]);
    await scene.succeed(["preview", "--detect"]);
    await watch.stop();
    expect(watch.fewest).toBeGreaterThanOrEqual(2);
    expect(watch.looks).toBeGreaterThan(20);
  });
});

const end: readonly CrashPoint[] = [
  {
    point: "protection given up: command and engine",
    steps: [update("Database", "mysql")],
    kill: ["command", "engine"],
  },
  { point: "front deleted: engine", steps: [remove("Instance", "lor-prod-ps-0")], kill: ["engine"] },
  { point: "database deleted: cloud", steps: [remove("Database", "mysql")], kill: ["cloud"] },
  // The engine needs no program to delete: alone, it goes on to the end.
  { point: "vRack left: command", steps: [remove("Vrack/cloudProject:CloudProject", "vrack")], kill: ["command"] },
];

describe("the same `lor-infra destroy --with-data` again, after a kill -9 at", () => {
  it.each(end)("$point", async (point) => {
    const run = await scene.crash(["destroy", "--with-data", "--yes"], point);
    expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
  });

  it("ends with nothing left, and nothing was created on the way", async () => {
    await scene.succeed(["destroy", "--with-data", "--yes"]);
    const { state, cloud } = await scene.resources();
    expect(state).toEqual([]);
    // What a project finds in every region, and the operations that OVHcloud's API goes on listing.
    expect(cloud.filter((one) => !/ Ext-Net | default |security-group-rule |^ovh-operation /.test(one))).toEqual([]);
    expect(await scene.createdTwice()).toEqual([]);
  });
});

import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Profile } from "../../src/domain/profile.ts";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";
import { fewestInService } from "./crash/serving-journal.ts";
import { ServingWatch } from "./crash/serving-watch.ts";
import { createdProject, undisturbed } from "./created-stack.ts";

/** Into rush and back by plans that were made before, killed in each of their steps: the same command goes on with what is left of its plan. */
let scene: CrashScene;
let watch: ServingWatch;
let created: number;

beforeAll(async () => {
  scene = await CrashScene.over(await createdProject());
  created = await scene.project.journalEnd();
  watch = new ServingWatch(scene.home);
});
afterAll(async () => {
  await watch?.stop();
  await scene?.dispose();
});

const weight = { match: { operation: "http", name: "PUT /load-balancer/*" } };
const balancer = { match: { type: "CloudProject/loadBalancer:LoadBalancer", operation: "update" } };
const call = (operation: string, type: string, name: string) => ({ match: { type, operation, name } });

const points: Readonly<Record<Profile, readonly CrashPoint[]>> = {
  rush: [
    { point: "larger load balancer accepted: command", steps: [balancer], kill: ["command"] },
    {
      point: "extra front's pool member accepted: command and engine",
      steps: [call("create", "Member", "lor-prod-ps-2")],
      kill: ["command", "engine"],
    },
    { point: "extra front admitted: command", steps: [weight], kill: ["command"] },
    { point: "first front drained: cloud", steps: [weight], kill: ["cloud"] },
    {
      point: "first front growing: engine",
      steps: [call("update", "Instance", "lor-prod-ps-0")],
      kill: ["engine"],
    },
    {
      point: "second front growing: command and engine",
      steps: [call("update", "Instance", "lor-prod-ps-1")],
      kill: ["command", "engine"],
    },
    { point: "last front readmitted: cloud", steps: [weight], kill: ["cloud"] },
  ],
  normal: [
    { point: "first front drained: command", steps: [weight], kill: ["command"] },
    {
      point: "first front shrinking: command and engine",
      steps: [call("update", "Instance", "lor-prod-ps-0")],
      kill: ["command", "engine"],
    },
    {
      point: "second front shrinking: engine",
      steps: [call("update", "Instance", "lor-prod-ps-1")],
      kill: ["engine"],
    },
    {
      point: "extra front deleted: command and engine",
      steps: [call("delete", "Instance", "lor-prod-ps-2")],
      kill: ["command", "engine"],
    },
    { point: "smaller load balancer accepted: command", steps: [balancer], kill: ["command"] },
  ],
};

describe.each(["rush", "normal"] as const)(
  "the same `lor-infra %s --plan FILE` again, after a kill -9 at",
  (target) => {
    const command = () => [target, "--plan", join(scene.home, `${target}.json`), "--yes"];
    beforeAll(() => scene.succeed(command()));

    it.each(points[target])("$point", async (point) => {
      const run = await scene.crash(command(), point);
      expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
    });

    it("ends as an undisturbed one, nothing created twice, the shop served throughout", async () => {
      await scene.succeed(command());
      const { state, cloud } = await scene.resources();
      const reference = await undisturbed(target);
      expect(state).toEqual(reference.state);
      expect(cloud).toEqual(reference.cloud);
      expect(await scene.createdTwice()).toEqual([]);
      await scene.succeed(["preview", "--detect"]);
      expect(watch.fewest).toBeGreaterThanOrEqual(2);
      expect(watch.looks).toBeGreaterThan(50);
      expect(fewestInService(await scene.control.journal(), created)).toBe(2);
    });
  },
);

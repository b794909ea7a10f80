import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";
import { fewestInService } from "./crash/serving-journal.ts";
import { ServingWatch } from "./crash/serving-watch.ts";
import { createdProject, undisturbed } from "./created-stack.ts";

/**
 * One switch into rush by a plan that was made before, killed again and again on its way: the same command goes on with what is left of its plan. Each test
 * takes it on to the next point. test/actions/switch-profile.test.ts kills it before and after every call.
 */
let scene: CrashScene;
let watch: ServingWatch;
let created: number;
const command = () => ["rush", "--plan", join(scene.home, "rush.json"), "--yes"];

beforeAll(async () => {
  scene = await CrashScene.over(await createdProject());
  created = await scene.project.journalEnd();
  watch = new ServingWatch(scene.home);
  await scene.succeed(command().slice(0, -1));
});
afterAll(async () => {
  await watch?.stop();
  await scene.dispose();
});

const create = (type: string, name: string) => ({ match: { type, operation: "create", name } });
const resize = (name: string) => ({ match: { type: "Instance", operation: "update", name } });
const weight = { match: { operation: "http", name: "PUT /load-balancer/*" } };

const points: readonly CrashPoint[] = [
  {
    point: "larger load balancer accepted: command and engine",
    steps: [{ match: { type: "CloudProject/loadBalancer:LoadBalancer", operation: "update" } }],
    kill: ["command", "engine"],
  },
  { point: "extra front accepted: cloud", steps: [create("Instance", "lor-prod-ps-2")], kill: ["cloud"] },
  {
    point: "first front in RESIZE: command and engine",
    steps: [resize("lor-prod-ps-0")],
    // Time stands still in the cloud, so that the kill falls into the resize.
    until: (crash) => crash.control.setClockMode("stepped"),
    kill: ["command", "engine"],
  },
  {
    point: "first front readmitted: command",
    // Only the run that recovers lets the resize go on.
    meanwhile: async ({ control }) => {
      const [last] = await control.journal({ limit: 1 });
      await control.waitForCall({ service: "nova", operation: "http", after: last?.seq ?? 0 });
      await control.setClockMode("real");
    },
    steps: [weight],
    kill: ["command"],
  },
  {
    point: "second front in VERIFY_RESIZE, before its confirmation: engine",
    steps: [resize("lor-prod-ps-1")],
    until: (crash) => crash.server("lor-prod-ps-1", "awaiting-confirmation"),
    kill: ["engine"],
  },
  {
    point: "confirmation by the run that recovers: command",
    steps: [{ match: { operation: "http", service: "nova", name: "POST /compute/*" }, before: true }],
    kill: ["command"],
  },
];

describe("the same `lor-infra rush --plan FILE` again, after a kill -9 at", () => {
  it.each(points)("$point", async (point) => {
    const run = await scene.crash(command(), point);
    expect(run.code, run.stderr).toBe(point.kill.includes("command") ? null : 1);
  });

  it("ends with what an undisturbed one makes, nothing created twice, the shop served throughout", async () => {
    await scene.succeed(command());
    const reference = await undisturbed("rush");
    const resources = await scene.resources();
    expect(resources.state).toEqual(reference.state);
    expect(resources.cloud).toEqual(reference.cloud);
    expect(await scene.createdTwice()).toEqual([]);
    await scene.succeed(["preview", "--detect"]);
    const { profile, fronts } = await scene.project.json<Status>(["status"]);
    expect(profile).toBe("rush");
    expect(fronts).toMatchObject([
      { flavor: "b2-15", pool: "serving", healthy: true },
      { flavor: "b2-15", pool: "serving", healthy: true },
      { flavor: "b2-15", pool: "serving", healthy: true },
    ]);
    await watch.stop();
    expect(watch.fewest).toBeGreaterThanOrEqual(2);
    expect(watch.looks).toBeGreaterThan(20);
    expect(fewestInService(await scene.control.journal(), created)).toBe(2);
  });
});

interface Status {
  readonly profile: string;
  readonly fronts: readonly { readonly flavor: string; readonly pool: string; readonly healthy: boolean }[];
}

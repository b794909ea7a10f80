import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultMatch } from "../../src/local-cloud/faults.ts";
import { CrashScene } from "./crash/crash-scene.ts";
import { ServingWatch } from "./crash/serving-watch.ts";

/** What the cloud does wrong, and the same command that repairs it: first an `up` that loses its answers, then a rush where all goes wrong. */
let scene: CrashScene;
let watch: ServingWatch | undefined;

beforeAll(async () => {
  scene = await CrashScene.start();
});
afterAll(async () => {
  await watch?.stop();
  await scene.dispose();
});

/** One creation of every type of Lor's that lives in the cloud. */
const created: readonly FaultMatch[] = [
  { type: "Vrack/cloudProject:CloudProject" },
  { type: "SecGroup", name: "lor-prod-odoo" },
  { type: "SecGroupRule", name: "odoo-https" },
  { type: "SecretV1" },
  { type: "Router" },
  { type: "ServerGroup" },
  { type: "Volume", name: "lor-prod-ps-0-data" },
  { type: "CloudProject/storage:Storage", name: "lor-prod-copies" },
  { type: "CloudProject/user:User", name: "images" },
  { type: "S3Credential", name: "images" },
  { type: "S3Policy", name: "images" },
  { type: "Container" },
  { type: "Network", name: "lor-prod-prestashop" },
  { type: "Subnet", name: "lor-prod-prestashop" },
  { type: "RouterInterface", name: "prestashop" },
  { type: "Port", name: "lor-prod-ps-0" },
  { type: "FloatingIp", name: "odoo" },
  { type: "FloatingIpAssociate" },
  { type: "Database", name: "mysql" },
  { type: "CloudProjectDatabase/user:User", name: "prestashop" },
  { type: "PostgresSqlUser" },
  { type: "DatabaseInstance", name: "prestashop" },
  { type: "CloudProject/loadBalancer:LoadBalancer" },
  { type: "Pool" },
  { type: "Listener", name: "lor-prod-lb-https" },
  { type: "Monitor" },
  { type: "ContainerObject", name: "guests/ps-0.json" },
  { type: "Instance", name: "lor-prod-ps-0" },
  { type: "VolumeAttach", name: "ps-0-data" },
  { type: "WorkflowBackup", name: "lor-prod-ps-0-backup" },
  { type: "Member", name: "lor-prod-ps-0" },
];

describe("creations whose answer is lost after the cloud accepted them", () => {
  it("one of every type: each `up` fails once, finds what it had made, and the last one is whole", async () => {
    for (const match of created) await scene.order({ ...match, operation: "create" }, { kind: "drop-after-accept" });
    for (let left = created.length; left > 0; ) {
      const run = await scene.project.run(["up", "--yes", "--parallel", "40"]);
      const now = (await scene.control.faults()).length;
      expect(run.code, run.stdout + run.stderr).toBe(1);
      expect(now, run.stdout + run.stderr).toBeLessThan(left);
      left = now;
    }
    await scene.succeed(["up", "--yes", "--parallel", "1"]);
    expect(await scene.createdTwice()).toEqual([]);
    await scene.succeed(["preview", "--detect"]);
  }, 400_000);
});

interface Status {
  readonly profile?: string;
  readonly fronts: readonly {
    readonly name: string;
    readonly flavor: string;
    readonly server: string;
    readonly pool: string;
    readonly healthy: boolean;
  }[];
}

/** Runs a rush that must fail with a code, after which normal's two fronts serve. */
async function failedRush(code: string, ...options: string[]): Promise<Status> {
  const run = await scene.project.run(["rush", "--yes", ...options]);
  expect(run.code, run.stdout + run.stderr).toBe(1);
  expect(run.stderr).toContain(`[${code}]`);
  expect(run.stderr).toMatch(/next .*lor-infra rush/);
  const status = await scene.project.json<Status>(["status"]);
  expect(status.fronts.filter((one) => one.pool === "serving" && one.healthy).length).toBeGreaterThanOrEqual(2);
  return status;
}

/** Takes a front's configuration away at the moment at which its machine is busy, so that its gate fails. */
async function failedGate(front: string, operation: "create" | "update"): Promise<void> {
  const name = `lor-prod-${front}`;
  const { id } = await scene.control.orderFault({
    match: { type: "Instance", operation, name },
    effect: { kind: "hold" },
  });
  const failing = failedRush("gate-failed");
  // Awaited below; should the wait before it fail, that one says why.
  failing.catch(() => undefined);
  await expect.poll(() => scene.control.held(), { timeout: 60_000, interval: 50 }).toMatchObject([{ faultId: id }]);
  scene.renameObject(`guests/${front}.json`, "elsewhere");
  await scene.control.release();
  try {
    const status = await failing;
    expect(status.fronts.find((one) => one.name === front)).toMatchObject({ pool: "drained", healthy: false });
  } finally {
    scene.renameObject("elsewhere", `guests/${front}.json`);
  }
}

describe("a rush in which the cloud fails: normal's fronts serve throughout, and the same command goes on", () => {
  beforeAll(async () => {
    await scene.succeed(["up", "--yes"]);
    watch = new ServingWatch(scene.home);
  });

  it("no host left for the extra front", async () => {
    await scene.order({ type: "Instance", operation: "create", name: "lor-prod-ps-2" }, { kind: "out-of-stock" });
    await failedRush("add-front-failed");
  }, 240_000);

  it("the extra front does not pass its gate (first member to be gated)", async () => {
    await failedGate("ps-2", "create");
  }, 240_000);

  it("the first front's resize ends in ERROR", async () => {
    await scene.order({ type: "Instance", operation: "update", name: "lor-prod-ps-0" }, { kind: "error-state" });
    const { fronts } = await failedRush("resize-front-failed", "--parallel", "1");
    expect(fronts.find((one) => one.name === "ps-0")?.server).toBe("error");
  }, 240_000);

  it("the first front does not pass its gate (member in the middle)", async () => {
    await failedGate("ps-0", "update");
  }, 240_000);

  it("the second front does not pass its gate (last member)", async () => {
    await failedGate("ps-1", "update");
  }, 240_000);

  it("ends in rush, with nothing created twice", async () => {
    await scene.succeed(["rush", "--yes", "--parallel", "1"]);
    const { profile, fronts } = await scene.project.json<Status>(["status"]);
    expect(profile).toBe("rush");
    expect(fronts.map(({ name, flavor, pool, healthy }) => ({ name, flavor, pool, healthy }))).toEqual(
      ["ps-0", "ps-1", "ps-2"].map((name) => ({ name, flavor: "b2-15", pool: "serving", healthy: true })),
    );
    expect(await scene.createdTwice()).toEqual([]);
    await watch?.stop();
    expect(watch?.fewest).toBeGreaterThanOrEqual(2);
  }, 240_000);
});

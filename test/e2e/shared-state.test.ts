import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { S3Server } from "../state/s3-server.ts";
import { CrashScene } from "./crash/crash-scene.ts";
import { ServingWatch } from "./crash/serving-watch.ts";
import { ended, type Run } from "./project.ts";

/** The whole work of a shop with its state in a bucket of a real S3 server: undisturbed, killed, paused, and with the server gone. */
let server: S3Server;
let scene: CrashScene;
const outputs: string[] = [];

beforeAll(async () => {
  server = await S3Server.start();
  scene = await CrashScene.start(server);
});
afterAll(async () => {
  await scene?.dispose();
  await server?.dispose();
});

async function run(args: readonly string[], code: number): Promise<Run> {
  const done = await scene.project.run(args);
  outputs.push(done.stdout, done.stderr);
  expect(done.code, done.stdout + done.stderr).toBe(code);
  return done;
}

interface Listing {
  readonly now: string;
  readonly where: string;
  readonly entries: readonly { readonly number: number; readonly kind: string; readonly operation: string }[];
}

it("goes up, and everything shared is in the bucket: nothing of it in the folder", async () => {
  await run(["up", "--yes"], 0);
  expect(await scene.state.backend.list(".pulumi/stacks/lor")).toContain("prod.json");
  expect((await scene.state.journal.entries()).at(-1)).toMatchObject({ operation: "up", event: "done" });
  const listing = await scene.project.json<Listing>(["state", "list"]);
  expect(listing).toMatchObject({ now: "as-left", where: expect.stringMatching(/^s3:\/\/state\/shop\/lor\/local/) });
  expect(listing.entries.at(-1)).toMatchObject({ kind: "run", operation: "up" });
  const variables = await scene.project.json<{ variables: Record<string, string> }>(["cloud", "env"]);
  expect(variables.variables.PULUMI_BACKEND_URL).toContain("s3://state/shop/lor/local/backend?region=gra&endpoint=");
  expect(Object.keys(variables.variables).filter((name) => name.startsWith("AWS_"))).toEqual([]);
});

it("killed in the middle of a rush with its engine left behind, the same command ends it", async () => {
  const watch = new ServingWatch(scene.home);
  const crashed = await scene.crash(["rush", "--yes"], {
    point: "larger load balancer accepted: command",
    steps: [{ match: { type: "CloudProject/loadBalancer:LoadBalancer", operation: "update" } }],
    kill: ["command"],
  });
  expect(crashed.code).toBeNull();
  const again = await run(["rush", "--yes"], 0);
  await watch.stop();
  expect(again.stdout).toContain("3 of 3 fronts serve");
  expect(watch.fewest).toBeGreaterThanOrEqual(2);
  expect(await scene.createdTwice()).toEqual([]);
});

it("paused, and taken over elsewhere: it stops when it wakes, what it wrote is found, and brought back", async () => {
  await scene.order({ type: "Instance", operation: "update", name: "lor-prod-ps-0" }, { kind: "hold" });
  const first = scene.project.start(["normal", "--yes"]);
  const end = ended(first);
  await expect.poll(() => scene.control.held(), { timeout: 600_000, interval: 50 }).toHaveLength(1);
  const engines = await scene.engines();
  const paused = [first.pid ?? 0, ...engines.map((one) => one.pid)];
  for (const pid of paused) process.kill(pid, "SIGSTOP");
  await moveElsewhere();

  await run(["normal", "--yes"], 4);
  const second = await run(["normal", "--yes", "--take-over"], 0);
  expect(second.stdout).toContain("before-take-over");

  await scene.control.release();
  for (const pid of paused) process.kill(pid, "SIGCONT");
  const woken = await end;
  outputs.push(woken.stdout, woken.stderr);
  expect(woken.code, woken.stdout + woken.stderr).toBe(4);
  expect(woken.stderr).toContain("lock-lost");

  const refused = await run(["rush", "--yes"], 3);
  expect(refused.stderr).toContain("state-went-backwards");
  const { now, entries } = await scene.project.json<Listing>(["state", "list"], 5);
  expect(now).toBe("backwards");
  expect((await run(["doctor"], 1)).stdout).toMatch(/✗ chain .*undoes/);
  const good = entries.findLast((entry) => entry.kind !== "overwrote")?.number;
  expect(refused.stderr).toContain(`state restore ${good}`);
  await run(["state", "restore", String(good), "--yes"], 0);
  await run(["recover", "--yes"], 0);
  await run(["preview", "--detect"], 0);
  expect(await scene.createdTwice()).toEqual([]);
});

it("refuses copies of another stack, salt or form, and copies to a new file only", async () => {
  const file = join(scene.project.folder, "state.json");
  await run(["state", "backup", "--out", file], 0);
  const again = await run(["state", "backup", "--out", file], 2);
  expect(again.stderr).toContain("state-file-exists");
  const text = readFileSync(file, "utf8");
  const variants: readonly [string, (text: string) => string, number][] = [
    ["state-of-another-stack", (good) => good.replaceAll("urn:pulumi:prod::lor::", "urn:pulumi:test::lor::"), 3],
    ["stack-of-another-cloud", (good) => good.replace('"cloud": "local"', '"cloud": "ovh"'), 3],
    ["state-of-another-passphrase", (good) => good.replace('"salt": "v1:', '"salt": "v1:AAAA'), 3],
    ["state-file-unreadable", (good) => good.slice(0, 1000), 2],
  ];
  for (const [code, spoil, exit] of variants) {
    const spoiled = join(scene.project.folder, `${code}.json`);
    expect(spoil(text)).not.toBe(text);
    writeFileSync(spoiled, spoil(text));
    expect((await run(["state", "restore", spoiled, "--yes"], exit)).stderr).toContain(code);
  }
  expect((await run(["demo"], 3)).stderr).toContain("demo-shares-state");
  expect((await run(["state", "restore", "99999", "--yes"], 2)).stderr).toContain("state-copy-missing");
});

it("without its server says so, changes nothing, and never told the key", async () => {
  const before = (await scene.control.journal()).length;
  await server.stop();
  const up = await run(["up", "--yes"], 1);
  expect(up.stderr).toContain("state-unreachable");
  expect((await scene.control.journal()).length).toBe(before);
  const doctor = await run(["doctor"], 1);
  expect(doctor.stdout).toContain("the state cannot be reached");
  expect(outputs.join("\n")).not.toContain(server.env.AWS_SECRET_ACCESS_KEY);
});

/** What another machine would have written: the lock of the paused command and its engine's, both of long ago. */
async function moveElsewhere(): Promise<void> {
  const { files, backend } = scene.state;
  const [name = ""] = (await files.list("lock")).toSorted((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
  const lock = JSON.parse((await files.read(`lock/${name}`)) ?? "");
  const machine = { ...lock.machine, host: "atelier", id: "another", boot: "another", processes: "pid:[1]" };
  const renewed = new Date(Date.now() - 3_600_000).toISOString();
  await files.write(`lock/${name}`, JSON.stringify({ ...lock, id: "elsewhere", machine, renewed }));
  const locks = ".pulumi/locks/organization/lor/prod";
  for (const engine of await backend.list(locks)) {
    const held = JSON.parse((await backend.read(`${locks}/${engine}`)) ?? "");
    await backend.write(`${locks}/${engine}`, JSON.stringify({ ...held, hostname: "atelier" }));
  }
}

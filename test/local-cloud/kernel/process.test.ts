import { spawn } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cloudEnvironment, shellExports } from "../../../src/actions/cloud/cloud-env.ts";
import { clearFaults, listFaults, orderFault } from "../../../src/actions/cloud/cloud-fault.ts";
import { cloudJournal } from "../../../src/actions/cloud/cloud-journal.ts";
import { resetCloud } from "../../../src/actions/cloud/cloud-reset.ts";
import { cloudStatus } from "../../../src/actions/cloud/cloud-status.ts";
import { stopCloud } from "../../../src/actions/cloud/cloud-stop.ts";
import { isClaimed } from "../../../src/local-cloud/kernel/folder-claim.ts";
import { logFile } from "../../../src/local-cloud/kernel/log-file.ts";
import { readRuntime } from "../../../src/local-cloud/kernel/runtime-file.ts";
import { startTicksOf } from "../../../src/os/process-identity.ts";
import { cloudFolder, connectLocalCloud } from "../../../src/stack/cloud-connection.ts";
import { machinesToBoot, startCloud } from "../../../src/stack/start-local-cloud.ts";
import { stackFolder } from "../../../src/state/stack-folder.ts";
import { stateInFolder } from "../../../src/state/stack-state.ts";

let home: string;
const portOffset = 20_000 + (process.pid % 20_000);

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lor-cloud-"));
});
afterEach(async () => {
  await stopCloud(home);
  rmSync(home, { recursive: true, force: true });
});

const start = (env: Record<string, string | undefined> = process.env) => startCloud({ home, env, portOffset });

async function gone(pid: number): Promise<void> {
  while (startTicksOf(pid) !== undefined) await pause(10);
}

test("a cloud that holds servers which booted boots them again, with the releases of the last start", async () => {
  const folder = cloudFolder(home);
  const server = join(folder, "machines/servers/a-server");
  expect(machinesToBoot(folder, undefined)).toBeUndefined();
  expect(machinesToBoot(folder, { releases: "/a" })).toEqual({ releases: "/a" });
  mkdirSync(server, { recursive: true });
  writeFileSync(join(folder, "machines.json"), '{"releases":"/b"}');
  expect(machinesToBoot(folder, undefined)).toEqual({ releases: "/b" });
  expect(machinesToBoot(folder, {})).toEqual({ releases: "/b" });
  expect(machinesToBoot(folder, { releases: "/a" })).toEqual({ releases: "/a" });
  rmSync(server, { recursive: true });
  expect(machinesToBoot(folder, undefined)).toBeUndefined();
});

test("it starts, answers, is found running by a second start, and stops", async () => {
  expect(await cloudStatus(home)).toEqual({ running: false, folder: cloudFolder(home) });
  const first = await start({ ...process.env, OS_PASSWORD: "planted" });
  expect(first.started).toBe(true);
  const again = await start();
  expect(again).toEqual({ runtime: first.runtime, started: false });
  const file = join(cloudFolder(home), "runtime.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(`/proc/${first.runtime.pid}/environ`, "utf8")).not.toContain("planted");
  const status = await cloudStatus(home);
  expect(status).toMatchObject({ running: true, pid: first.runtime.pid, status: { resources: { servers: 0 } } });
  expect(JSON.stringify(status)).not.toContain(first.runtime.token);
  expect(Object.keys(first.runtime.providers).sort()).toEqual(["openstack", "ovh", "random"]);
  // Without a password, and readable for what ends TLS.
  expect(() => createSecureContext({ pfx: readFileSync(join(cloudFolder(home), "tls.p12")) })).not.toThrow();

  expect(await stopCloud(home)).toBe(true);
  expect(readRuntime(cloudFolder(home))).toBeUndefined();
  expect(startTicksOf(first.runtime.pid)).toBeUndefined();
  expect(await stopCloud(home)).toBe(false);
});

test("only loopback is listened on", async () => {
  const { runtime } = await start();
  const inodes = socketInodes(runtime.pid);
  const listening = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""));
  expect(listening.length).toBeGreaterThan(0);
  // Addresses are hexadecimal in the machine's byte order: 127 is the last byte.
  for (const fields of listening) expect(fields[1]).toMatch(/^[0-9A-F]{6}7F:/);
  const six = readFileSync("/proc/net/tcp6", "utf8")
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[3] === "0A" && inodes.has(fields[9] ?? ""));
  expect(six).toEqual([]);
});

test("killed in the middle, it continues from its file: nothing is lost, and the old runtime is recognised as stale", async () => {
  const { runtime } = await start();
  const { control, projectId } = await connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" });
  await control.orderFault({ match: { service: "nova" }, effect: { kind: "fail" }, times: 3 });
  process.kill(runtime.pid, "SIGKILL");
  await gone(runtime.pid);
  expect(readRuntime(cloudFolder(home))).toBeUndefined();
  await expect(connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" })).rejects.toMatchObject({
    code: "local-cloud-not-running",
  });
  expect(await cloudStatus(home)).toMatchObject({ running: false, lastWords: "" });
  appendFileSync(logFile(cloudFolder(home)), "Error: what an exception leaves\n    at its place\n");
  expect(await cloudStatus(home)).toMatchObject({ lastWords: "Error: what an exception leaves\n    at its place" });
  const second = await start();
  expect(second.started).toBe(true);
  expect(second.runtime.pid).not.toBe(runtime.pid);
  expect(second.runtime.token).not.toBe(runtime.token);
  const connection = await connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" });
  expect(connection.projectId).toBe(projectId);
  expect((await listFaults(home)).map(({ remaining }) => remaining)).toEqual([3]);
});

test("a runtime file whose process number was given out again is stale", async () => {
  const { runtime } = await start();
  await stopCloud(home);
  // This very process is alive, but it did not start when the cloud did.
  const stale = { ...runtime, pid: process.pid };
  writeFileSync(join(cloudFolder(home), "runtime.json"), JSON.stringify(stale));
  expect(readRuntime(cloudFolder(home))).toBeUndefined();
  expect(await stopCloud(home)).toBe(false);
  expect((await start()).started).toBe(true);
});

test.each([
  ["--machines", { machines: {} }, { seen: "yes", accepted: "no, as long as it runs" }],
  ["--realtime", { scale: 1 }, { seen: "1", accepted: "100, as long as it runs" }],
  ["LOR_INFRA_TRAFFIC_OFFSET", { portOffset: 7_000 }, { seen: "7000" }],
])("a running cloud is not taken for one with another %s", async (path, other, words) => {
  const { runtime } = await start();
  const args = { home, env: process.env };
  await expect(startCloud({ ...args, ...other })).rejects.toMatchObject({
    code: "local-cloud-options",
    path,
    next: "lor-infra cloud stop, which keeps what the cloud holds, then the same command again",
    ...words,
  });
  expect(await startCloud(args)).toMatchObject({ started: false, runtime: { pid: runtime.pid } });
});

test("a stop while it starts stops it", async () => {
  const starting = start().catch((error: unknown) => error);
  await expect.poll(() => existsSync(cloudFolder(home)) && isClaimed(cloudFolder(home)), { interval: 5 }).toBe(true);
  expect(await stopCloud(home)).toBe(true);
  await starting;
});

test("two starts at once give one cloud", async () => {
  const results = await Promise.all([start(), start(), start()]);
  expect(new Set(results.map(({ runtime }) => runtime.pid)).size).toBe(1);
  expect(results.filter(({ started }) => started).length).toBe(1);
});

test("a start that was not the first leaves no process that takes the folder later", async () => {
  for (let round = 0; round < 4; round += 1) {
    await Promise.all([start(), start(), start(), start()]);
    await stopCloud(home);
    rmSync(home, { recursive: true, force: true });
  }
  // Whoever took the folder after a stop would stay.
  await expect.poll(() => processesOf(home), { timeout: 600_000 }).toEqual([]);
});

/** Numbers of the processes that were started with a folder. */
function processesOf(folder: string): readonly string[] {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && commandLine(pid).includes(`${folder}/`));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test("a cloud that cannot start says why", async () => {
  writeFileSync(join(home, "not-a-folder"), "");
  await expect(startCloud({ home: join(home, "not-a-folder"), env: process.env })).rejects.toThrow();
  const blocked = startCloud({ home, env: process.env, scale: -5, portOffset });
  await expect(blocked).rejects.toMatchObject({ code: "local-cloud-failed", culprit: "tool" });
});

test("a cloud that serves in another network is named at once, with the command that stops it", async () => {
  const { runtime } = await start();
  // As seen from a container with a network of its own: the process lives, the folder is taken, nothing listens there.
  const httpUrl = runtime.httpUrl.replace("127.0.0.1", "127.77.0.1");
  writeFileSync(join(cloudFolder(home), "runtime.json"), JSON.stringify({ ...runtime, httpUrl }));
  await expect(start()).rejects.toMatchObject({
    code: "local-cloud-elsewhere",
    seen: `process ${runtime.pid}, ${httpUrl}`,
    next: "lor-infra cloud stop, then the same command again",
  });
  expect(await cloudStatus(home)).toMatchObject({ running: false, unreachable: { pid: runtime.pid, httpUrl } });
  expect(await stopCloud(home)).toBe(true);
});

test("an empty LOR_INFRA_TRAFFIC_OFFSET is not set", async () => {
  const { runtime } = await startCloud({ home, env: { ...process.env, LOR_INFRA_TRAFFIC_OFFSET: "" } });
  expect(runtime.trafficPortOffset).toBe(8000);
});

test("journal, faults and reset work through the actions; no call is made without a cloud", async () => {
  await expect(cloudJournal(home)).rejects.toMatchObject({
    code: "local-cloud-not-running",
    next: "lor-infra cloud start",
  });
  await start();
  const { clients } = await connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" });
  expect(await clients.compute.findServers("lor-")).toEqual([]);
  expect((await cloudJournal(home, { service: "nova" })).length).toBe(1);
  await orderFault(home, { match: { type: "Instance" }, effect: { kind: "hold" } });
  expect((await listFaults(home)).length).toBe(1);
  await clearFaults(home);
  expect(await listFaults(home)).toEqual([]);
  await expect(orderFault(home, { match: {}, effect: { kind: "slow" } as never })).rejects.toMatchObject({
    code: "fault-not-understood",
    exit: 2,
  });
  await resetCloud(home);
  expect(await cloudJournal(home)).toEqual([]);
  // The operator's password went with everything else: whoever connects anew gets the new one.
  const anew = await connectLocalCloud(cloudFolder(home), { cloud: "ovh", region: "GRA11" });
  expect(await anew.clients.compute.findServers("lor-")).toEqual([]);
});

test("the environment for plain pulumi points at this cloud and nothing else, and a shell reads it", async () => {
  const { runtime } = await start();
  const state = stateInFolder(stackFolder(home, "local", "prod"), "lor");
  const args = { home, state, runtime, engine: "/opt/it's here/bin/pulumi", node: "/opt/node/bin/node" };
  const variables = cloudEnvironment({ ...args, env: { PATH: "/usr/bin:/bin" } });
  expect(variables).toMatchObject({
    LOR_INFRA_CLOUD: "local",
    PULUMI_BACKEND_URL: `file://${home}/local/backend`,
    PULUMI_CONFIG_PASSPHRASE: "local",
    LOR_TLS_PKCS12_FILE: join(cloudFolder(home), "tls.p12"),
    PATH: "/opt/it's here/bin:/opt/node/bin:/usr/bin:/bin",
  });
  expect(variables.PULUMI_DEBUG_PROVIDERS?.split(",").sort()).toEqual(
    Object.entries(runtime.providers)
      .map(([name, port]) => `${name}:${port}`)
      .sort(),
  );
  const own = cloudEnvironment({ ...args, env: { PULUMI_CONFIG_PASSPHRASE: "mine" } });
  expect(Object.values(own), "the shell has it: it is not shown once more").not.toContain("mine");
  expect(own.PULUMI_CONFIG_PASSPHRASE).toBeUndefined();
  const unset = cloudEnvironment({ ...args, env: { PULUMI_CONFIG_PASSPHRASE: "" } });
  expect(unset.PULUMI_CONFIG_PASSPHRASE, "as every other command: an empty one is none").toBe("local");
  writeFileSync(join(home, "passphrase"), "of init");
  const withFile = cloudEnvironment({ ...args, env: {} });
  expect(withFile.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(join(home, "passphrase"));
  expect(withFile.PULUMI_CONFIG_PASSPHRASE).toBeUndefined();

  const shell = spawn("/bin/sh", ["-c", 'eval "$EXPORTS"; printf %s "$PATH"'], {
    env: { EXPORTS: shellExports(variables) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let path = "";
  for await (const text of shell.stdout) path += String(text);
  expect(path).toBe(variables.PATH);
});

function socketInodes(pid: number): Set<string> {
  return new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap(
      (fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [],
    ),
  );
}

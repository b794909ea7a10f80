import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as openstack from "@pulumi/openstack";
import { stopCloud } from "../../src/actions/cloud/cloud-stop.ts";
import { openStack } from "../../src/engine/automation-stack.ts";
import { installEngine } from "../../src/engine/install-engine.ts";
import type { FoundEngine } from "../../src/engine/locate-engine.ts";
import { startCloud } from "../../src/stack/start-local-cloud.ts";
import { encryptionSalt, passphrase } from "../engine/tiny-stack.ts";
import { type Figure, median } from "./measure.ts";

const count = 1000;
const rounds = 3;

/** 1,000 small resources through the engine: on the local cloud, and on a provider that does nothing, in turn. */
export async function thousandResources(): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-bench-"));
  const engine = await installEngine({ env: process.env });
  const nothing = spawn(process.execPath, [join(import.meta.dirname, "do-nothing-provider.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const nothingPort = await firstLine(nothing);
    const cloudTimes: number[] = [];
    const nothingTimes: number[] = [];
    let memory = 0;
    for (let round = 0; round < rounds; round += 1) {
      const home = join(folder, `cloud-${round}`);
      const { runtime } = await startCloud({ home, env: process.env });
      cloudTimes.push(await create(folder, engine, `cloud${round}`, runtime.providers.openstack ?? 0));
      memory = Math.max(memory, residentMegabytes(runtime.pid));
      await stopCloud(home);
      nothingTimes.push(await create(folder, engine, `nothing${round}`, nothingPort));
    }
    const ratio = median(cloudTimes) / median(nothingTimes);
    return [
      {
        name: `${count} resources on the local cloud against a provider that does nothing, medians of ${rounds} in turn`,
        seen: `${ratio.toFixed(2)} (${median(cloudTimes).toFixed(1)} s, ${median(nothingTimes).toFixed(1)} s)`,
        limit: "1.30",
        within: ratio <= 1.3,
      },
      {
        name: "memory of the local cloud then",
        seen: `${memory.toFixed(0)} MB`,
        limit: "200 MB",
        within: memory < 200,
      },
    ];
  } finally {
    nothing.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function create(folder: string, engine: FoundEngine, stackName: string, port: number): Promise<number> {
  const stack = await openStack({
    projectName: "thousand",
    stackName,
    backendUrl: pathToFileURL(join(folder, "backend")).href,
    passphrase,
    encryptionSalt,
    workFolder: join(folder, "work"),
    engine,
    env: process.env,
    providers: { openstack: port },
  });
  const began = performance.now();
  await stack.up(async () => {
    const group = new openstack.networking.SecGroup("group", { name: "group", region: "GRA11" });
    for (let port = 1; port < count; port += 1) {
      new openstack.networking.SecGroupRule(`port-${port}`, {
        region: "GRA11",
        securityGroupId: group.id,
        direction: "ingress",
        ethertype: "IPv4",
        protocol: "tcp",
        portRangeMin: port,
        portRangeMax: port,
        remoteIpPrefix: "10.10.0.0/16",
      });
    }
    return {};
  });
  return (performance.now() - began) / 1000;
}

async function firstLine(child: ChildProcess): Promise<number> {
  if (child.stdout === null) throw new Error("no output to read");
  const [chunk] = await once(child.stdout, "data");
  return Number(String(chunk).trim());
}

function residentMegabytes(pid: number): number {
  const [, kilobytes = "0"] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

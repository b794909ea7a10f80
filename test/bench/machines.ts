import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { ensureImage } from "../../src/local-cloud/machines/image.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { memoryOf, processTree } from "../../src/local-cloud/machines/process-memory.ts";
import { requireMachines } from "../../src/local-cloud/machines/requirements.ts";
import { runTool } from "../../src/local-cloud/machines/tools.ts";
import { packDocument } from "../../src/machines/pack-document.ts";
import { renderBastionDocument } from "../../src/machines/render-document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";
import { installTools } from "../guests/guest-tools.ts";
import { createPart, signedUrl } from "../local-cloud/test-cloud.ts";
import { odooRelease } from "../machines/applications/odoo-release.ts";
import { type Lab, openLab } from "../machines/open-lab.ts";
import { ShopLab, statusOf } from "../machines/shop-lab.ts";
import type { Figure } from "./measure.ts";

/** Longest time from power-on to healthy, seconds. */
const bootLimit = 120;

/** Longest wait for a machine, seconds: beyond `bootLimit` the figure shows how much too long it took. */
const patience = 600;

/** Load of one measurement of requests. */
const load = { seconds: 10, connections: 8, warmUpRequests: 200 } as const;

/** Machines on which a front is measured. The offer has none of one processor; it shows what a processor gives. */
const sizes = [
  { cpus: 1, memoryMebibytes: 3_500 },
  { cpus: 2, memoryMebibytes: 6_675 },
  { cpus: 4, memoryMebibytes: 14_305 },
] as const;

/** Pages of the stand-in shop. */
const pages = [
  ["home page", "/"],
  ["product page", "/1-eclair.html"],
] as const;

/**
 * Booted fronts and the bastion: from power-on to healthy with the image built before, memory, and how many requests a front answers. One machine
 * boots at a time. The application is the stand-in shop (docs/decisions/stand-in-shop.md).
 *
 * @throws LorError `machines-not-possible` where no machine can boot
 */
export async function bootedFronts(): Promise<readonly Figure[]> {
  await prepare();
  await using lab = await openLab();
  const shop = await ShopLab.open(lab);
  return [...(await frontFigures(lab, shop)), await bastionFigure(lab, shop)];
}

/** The same for a server with a real Odoo. */
export async function bootedOdoo(): Promise<readonly Figure[]> {
  await prepare();
  const archive = odooRelease();
  await using lab = await openLab();
  return await odooFigures(lab, await ShopLab.open(lab), archive);
}

/** Installs what the figures need, and builds the image. */
async function prepare(): Promise<void> {
  for (const set of ["machines", "load"] as const) {
    const problem = installTools(set);
    if (problem !== undefined) throw new Error(`programs that the figures need are not there: ${problem}`);
  }
  await requireMachines();
  await ensureImage({ env: process.env, onProgress: (text) => process.stderr.write(`${text}\n`) });
}

async function frontFigures(lab: Lab, shop: ShopLab): Promise<readonly Figure[]> {
  const first = await shop.boot("ps-0");
  await statusOf(first, "applied", /^/, patience);
  await install(first, "--demo-products");
  await shop.health("ps-0", 200, patience);
  await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("ps-0")));

  const began = performance.now();
  const second = await shop.boot("ps-1");
  await shop.health("ps-1", 200, patience);
  const newFront = secondsSince(began);
  const idle = second.memoryMebibytes();
  await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("ps-1")));

  const again = await powerOn(lab, shop, "ps-0");
  const requests = await requestFigures(lab, shop, first);
  const loaded = first.memoryMebibytes();
  const database = databaseMemory(lab, "mariadbd");
  await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("ps-0")));
  return [
    bootFigure("a new front of an installed shop, from power-on to healthy", newFront),
    bootFigure("a front that existed, from power-on to healthy", again),
    ...requests,
    shown("memory of a front after its start", `${idle} MiB`),
    shown("memory of a front of 4 processors after that load", `${loaded} MiB`),
    shown("memory of the shop's database server then", `${database} MiB`),
  ];
}

async function odooFigures(lab: Lab, shop: ShopLab, archive: Buffer): Promise<readonly Figure[]> {
  shop.publish("odoo", { release: shop.release("odoo-19.deb", "19.0", archive) });
  const began = performance.now();
  const machine = await shop.boot("odoo", "b2-15-flex");
  await statusOf(machine, "applied", /^/, patience);
  const applied = secondsSince(began);
  await install(machine);
  await shop.health("odoo", 200, patience);
  await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("odoo")));
  const again = await powerOn(lab, shop, "odoo");
  const memory = machine.memoryMebibytes();
  const database = databaseMemory(lab, "postgres");
  await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("odoo")));
  return [
    bootFigure("a new Odoo server, from power-on to its release in place", applied),
    bootFigure("an installed Odoo server, from power-on to healthy", again),
    shown("memory of the Odoo server (4 processors) then", `${memory} MiB`),
    shown("memory of Odoo's database server then", `${database} MiB`),
  ];
}

async function bastionFigure({ cloud, machines }: Lab, shop: ShopLab): Promise<Figure> {
  const name = "bastion";
  const document = renderBastionDocument({
    name,
    role: name,
    administratorKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFiaNoBodyHoldsThePrivateKeyOfThisOneAtAll0 figures"],
    machines: ["10.10.1.10"],
    shell: false,
  });
  shop.putDocument(name, JSON.stringify(packDocument(document)));
  const { networkId, subnetId } = createPart(cloud, 5);
  const port = cloud.neutron.ports.create({ name, networkId, fixedIps: [{ subnetId, ipAddress: "10.10.5.10" }] });
  await shop.step(() =>
    cloud.nova.servers.create({
      name,
      flavorName: "b2-7-flex",
      imageName: "Debian 12",
      networks: [{ portId: port.id }],
      userData: renderUserData({ name, role: name, documentUrl: signedUrl(cloud, `guests/${name}.json`) }),
    }),
  );
  const machine = machines.named(name);
  await statusOf(machine, "applied", /^/, patience);
  const memory = machine.memoryMebibytes();
  await machine.kill();
  return shown("memory of the bastion after its start", `${memory} MiB`);
}

/** Requests a second of a front by its number of processors. */
async function requestFigures(lab: Lab, shop: ShopLab, front: Machine): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { cpus, memoryMebibytes } of sizes) {
    await front.reboot({ cpus, memoryMebibytes });
    await shop.health("ps-0", 200, patience);
    const children = /max_children = (\d+)/.exec(
      (await front.read("/etc/php/8.2/fpm/pool.d/lor-tuning.conf")) ?? "",
    )?.[1];
    const runsOn = Math.min(cpus, availableParallelism());
    const told =
      cpus > runsOn
        ? `${cpus} processors announced, ${runsOn} there`
        : `${cpus} of ${availableParallelism()} processors`;
    for (const [what, path] of pages) {
      const { perSecond, slowest95 } = await putLoad(lab, path);
      figures.push(
        shown(
          `${what} of a front with ${told}, ${children} PHP children, ab with ${load.connections} connections for ${load.seconds} s`,
          `${perSecond.toFixed(0)} requests/s, 95 % within ${slowest95} ms`,
        ),
      );
    }
  }
  return figures;
}

interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds within which 95 % of the requests were answered. */
  readonly slowest95: number;
}

/** Asks for a page by ApacheBench, inside the machines' network. @throws Error when an answer is no page */
async function putLoad({ machines }: Lab, path: string): Promise<LoadResult> {
  const ask = (...limits: readonly string[]) =>
    runTool(
      machines.sandbox.inside([
        "ab",
        ...["-q", "-l", "-c", String(load.connections), ...limits],
        ...["-H", "Host: www.lor.example", "-H", "X-Forwarded-Proto: https"],
        `http://10.10.1.10${path}`,
      ]),
    );
  await ask("-n", String(load.warmUpRequests));
  const said = await ask("-t", String(load.seconds), "-n", "1000000");
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1] ?? 0);
  const failed = number(/^Failed requests:\s+(\d+)/m) + number(/^Non-2xx responses:\s+(\d+)/m);
  if (failed > 0) throw new Error(`${failed} requests for ${path} failed:\n${said}`);
  return { perSecond: number(/^Requests per second:\s+([\d.]+)/m), slowest95: number(/^\s+95%\s+(\d+)/m) };
}

/** Starts a server that was stopped. @returns seconds until it is healthy */
async function powerOn(lab: Lab, shop: ShopLab, name: string): Promise<number> {
  const began = performance.now();
  await shop.step(() => lab.cloud.nova.servers.start(shop.serverId(name)));
  await shop.health(name, 200, patience);
  return secondsSince(began);
}

async function install(machine: Machine, ...options: readonly string[]): Promise<void> {
  const { stdout, stderr } = await machine.try(["lor-app", "install", "--email", "first@lor.example", ...options]);
  if (!/"installed": ?true/.test(stdout)) throw new Error(`${machine.name} was not installed: ${stdout}${stderr}`);
}

/** Memory of a database server of this lab, in MiB. @param program its name, such as `mariadbd` */
function databaseMemory({ folder }: Lab, program: string): number {
  const roots = readdirSync("/proc").filter((pid) => {
    const [command = "", ...rest] = commandLine(pid);
    return command.endsWith(program) && rest.some((word) => word.includes(folder));
  });
  return memoryOf(roots.flatMap((pid) => processTree(Number(pid))));
}

function commandLine(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${Number(pid)}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}

function bootFigure(name: string, seconds: number): Figure {
  return { name, seen: `${seconds.toFixed(0)} s`, limit: `${bootLimit} s`, within: seconds <= bootLimit };
}

/** A figure without a limit. */
function shown(name: string, seen: string): Figure {
  return { name, seen, limit: undefined, within: true };
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}

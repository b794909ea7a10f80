import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { readIfThere } from "../../../src/os/atomic-file.ts";
import { makeAccounts } from "./accounts.ts";
import { AdminApi } from "./admin-api.ts";
import { Commands } from "./commands.ts";
import { Daemons } from "./daemons.ts";
import { keystone } from "./keystone/keystone.ts";
import * as mariadb from "./mariadb/mariadb.ts";
import * as memcached from "./memcached/memcached.ts";
import { hasMachineParts, makeMachineParts, octavia } from "./octavia/octavia.ts";
import * as ovn from "./ovn/ovn.ts";
import { computeHosts, loopback, type Place, type PortName, ports } from "./place.ts";
import type { Progress } from "./progress.ts";
import * as rabbitmq from "./rabbitmq/rabbitmq.ts";
import { seed } from "./seed.ts";
import type { Lab, Service } from "./service.ts";
import { otherServices, services } from "./services.ts";
import { answers, isOpen, waitUntil } from "./wait.ts";

export interface StartArgs {
  readonly place: Place;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Starts an OpenStack that does not run, and makes what a folder needs the first time; resolves when every part reports for duty. */
export async function startOpenStack({ place, progress, signal }: StartArgs): Promise<void> {
  place.prepare();
  await refuseTakenPorts();
  const daemons = new Daemons(place);
  const lab: Lab = { place, daemons, commands: new Commands(place, daemons, signal) };
  const first = !isMade(place);
  for (const service of services) service.configure(place);

  memcached.start(lab);
  await Promise.all([mariadb.start(lab), rabbitmq.start(lab), ovn.start(lab)]);
  progress.tell("MariaDB, RabbitMQ, memcached and OVN are up");
  if (first) {
    await mariadb.createDatabases(
      lab,
      services.flatMap((service) => service.databases),
    );
    await makeTables(lab, progress);
  }

  await keystone.start(lab);
  await waitForAnswer(keystone, signal);
  const admin = await AdminApi.connect("admin", "admin");
  progress.tell("Keystone is up");
  if (first) await makeAccounts(admin);

  // Its configuration names a network, which Neutron has to make first.
  const withOctavia = hasMachineParts(place);
  const now = otherServices.filter((service) => service !== octavia || withOctavia);
  for (const service of now) await service.start(lab);
  for (const service of now) await waitForAnswer(service, signal);
  if (!withOctavia) {
    await makeMachineParts(place, admin, await AdminApi.connect("octavia", "service"));
    await octavia.start(lab);
    await waitForAnswer(octavia, signal);
  }
  progress.tell(`${now.map((service) => service.name).join(", ")}${withOctavia ? "" : ", octavia"} answer`);

  if (first) {
    await seed(admin);
    writeFileSync(madeFile(place), madeKey());
  }
  await waitForAgents(admin, signal);
  const ended = daemons.ended();
  if (ended.length > 0)
    throw new Error(`ended although nobody stopped it: ${ended.join(", ")}; see ${place.log(ended[0] ?? "")}`);
  progress.tell("OpenStack is ready");
}

/** Holds the key of what the folder was made with, once it has its tables, accounts and offers. */
function madeFile(place: Place): string {
  return place.data("made");
}

/** Whether the folder is made, and as these files would make it. */
export function isMade(place: Place): boolean {
  return readIfThere(madeFile(place)) === madeKey();
}

function madeKey(): string {
  const hash = createHash("sha256");
  for (const name of ["place.ts", "services.ts", "accounts.ts", "seed.ts", "octavia/octavia.ts", "swift/swift.ts"]) {
    hash.update(readFileSync(new URL(name, import.meta.url)));
  }
  return hash.digest("hex");
}

async function refuseTakenPorts(): Promise<void> {
  for (const name of Object.keys(ports) as PortName[]) {
    if (await isOpen(name)) {
      throw new Error(`${loopback}:${ports[name]}, which ${name} needs, is taken by another program (see: ss -ltnp)`);
    }
  }
}

/** Two at a time: these are programs that mostly wait for the database. */
async function makeTables(lab: Lab, progress: Progress): Promise<void> {
  const waiting = services.filter((service) => service.initialise !== undefined);
  const work = async () => {
    for (let service = waiting.shift(); service !== undefined; service = waiting.shift()) {
      await service.initialise?.(lab);
      progress.tell(`${service.name} has its tables`);
    }
  };
  await Promise.all([work(), work()]);
}

async function waitForAnswer({ name, answersAt }: Service, signal: AbortSignal): Promise<void> {
  if (answersAt === undefined) return;
  await waitUntil({ what: `${name} answers`, signal }, () => answers(answersAt));
}

/** An API answers long before the hosts behind it are known. */
async function waitForAgents(admin: AdminApi, signal: AbortSignal): Promise<void> {
  await waitUntil({ what: "every compute host is up", signal, pauseMilliseconds: 1000 }, async () => {
    const { hypervisors } = (await admin.call("nova", "GET", "/os-hypervisors/detail")) as {
      hypervisors: readonly { state: string }[];
    };
    return hypervisors.filter((one) => one.state === "up").length === computeHosts.length;
  });
  await waitUntil({ what: "the volume service is up", signal, pauseMilliseconds: 1000 }, async () => {
    const { services: found } = (await admin.call("cinder", "GET", `/v3/${admin.projectId}/os-services`)) as {
      services: readonly { binary: string; state: string }[];
    };
    return ["cinder-volume", "cinder-scheduler"].every((name) =>
      found.some((one) => one.binary === name && one.state === "up"),
    );
  });
  await waitUntil({ what: "every switch is up", signal, pauseMilliseconds: 1000 }, async () => {
    const agents = await admin.list("neutron", "agent");
    return (
      agents.filter((one) => one.alive === true && String(one.binary).startsWith("ovn-controller")).length ===
      computeHosts.length
    );
  });
}

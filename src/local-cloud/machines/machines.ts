import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import type { Environment } from "../../os/cache-home.ts";
import { systemClock } from "../../os/host.ts";
import type { BootedGuest } from "../guests/front-health/types.ts";
import type { LocalCloud } from "../local-cloud.ts";
import type { ServerStatus, ServerView } from "../openstack/nova/types.ts";
import type { BootedMachines } from "../traffic/cloud-model.ts";
import type { MachineVolume } from "./disks.ts";
import { GuestHealth, type GuestService, guestServices } from "./guest-health.ts";
import { ensureImage, type MachineImage } from "./image.ts";
import { Machine, type MachineSpec } from "./machine.ts";
import type { MachineReport } from "./machine-report.ts";
import { CloudNetwork } from "./network.ts";
import { requireMachines } from "./requirements.ts";
import { Sandbox } from "./sandbox.ts";
import { CertificateAuthority } from "./services/certificate-authority.ts";
import { type MachineServices, serviceAddress, startMachineServices } from "./services/services.ts";

export interface StartMachinesArgs {
  readonly cloud: LocalCloud;
  /** Folder of disks, volumes, console logs and the services' data; survives a restart of the cloud. */
  readonly folder: string;
  /** Folder of release archives, laid out by host and path. Default: `releases` in the folder of the services. */
  readonly releases?: string | undefined;
  /** Path of the S3 server (`installS3Server`). Default: machines reach no object storage. */
  readonly s3Program?: string | undefined;
  /** Further names of the machines' network: the address, or undefined. Default: none. */
  readonly resolve?: ((name: string) => string | undefined) | undefined;
  /** Its XDG_CACHE_HOME and HOME say where the image is kept. */
  readonly env: Environment;
  /** Progress message to display. */
  readonly onProgress: (text: string) => void;
}

/** States in which Nova lets the guest run. */
const running: ReadonlySet<ServerStatus> = new Set(["ACTIVE", "VERIFY_RESIZE"]);

/** A guest and what it was last told to be. */
interface Guest {
  readonly machine: Machine;
  /** Number of its boot in the model: another one is a reboot. Undefined: switched off. */
  boot: number | undefined;
  /** Steps of one guest follow each other; guests don't wait for each other. */
  turn: Promise<void>;
  /** While it is switched on. */
  health: GuestHealth | undefined;
}

/** Of a machine that stops, starts or stands still: what was heard of it before says nothing about its next life. */
const notRunning: BootedGuest = { running: false, reason: "it has not answered since it was stopped or started" };

/**
 * Machines that really boot: one for each server of the cloud, which follows the server through start, stop, reboot, resize, volumes and
 * deletion. What the model decides (states, durations, refusals) stays the model's; what a machine answers is its own.
 */
export class CloudMachines implements BootedMachines {
  readonly services: MachineServices;
  readonly network: CloudNetwork;
  readonly sandbox: Sandbox;
  readonly image: MachineImage;
  readonly #cloud: LocalCloud;
  readonly #folder: string;
  readonly #healthChanged: () => void;
  readonly #guests = new Map<string, Guest>();
  /** Guests of deleted servers, until nothing of them is left. */
  readonly #leaving = new Set<Guest>();
  readonly #problems = new Map<string, string>();
  readonly #unsubscribe: () => void;
  #closed = false;

  private constructor(
    args: StartMachinesArgs,
    parts: Pick<CloudMachines, "services" | "network" | "sandbox" | "image">,
  ) {
    this.#cloud = args.cloud;
    this.#folder = args.folder;
    this.services = parts.services;
    this.network = parts.network;
    this.sandbox = parts.sandbox;
    this.image = parts.image;
    this.#healthChanged = args.cloud.useBootedGuests((id) => {
      const guest = this.#guests.get(id);
      return guest === undefined ? undefined : (guest.health?.last ?? notRunning);
    });
    this.#unsubscribe = args.cloud.onChange(() => this.#follow());
    this.#removeAbandoned();
    this.#follow();
  }

  /** @throws LorError `machines-not-possible`; Error when the image cannot be built or the network cannot be made */
  static async start(args: StartMachinesArgs): Promise<CloudMachines> {
    await requireMachines();
    const image = await ensureImage(args);
    const services = join(args.folder, "services");
    // Database servers of other users have their own folders in it.
    mkdirSync(services, { recursive: true, mode: 0o711 });
    // The services open the same authority again.
    const authority = CertificateAuthority.open(join(services, "authority"), () => systemClock.now());
    const sandbox = await Sandbox.start({
      folder: args.folder,
      imageRoot: image.root,
      authority: authority.certificate,
    });
    try {
      const network = new CloudNetwork(sandbox, serviceAddress);
      const { cloud, releases, s3Program, resolve } = args;
      const started = await startMachineServices({ cloud, network, folder: services, releases, s3Program, resolve });
      return new CloudMachines(args, { services: started, network, sandbox, image });
    } catch (error) {
      await sandbox.stop();
      throw error;
    }
  }

  /** Machine of a server; undefined before its first start and after its deletion. */
  of(serverId: string): Machine | undefined {
    return this.#guests.get(serverId)?.machine;
  }

  /** Machine of the server with that name. @throws Error when there is none */
  named(name: string): Machine {
    const server = this.#cloud.nova.servers.list().find((each) => each.name === name);
    const machine = server === undefined ? undefined : this.of(server.id);
    if (machine === undefined) throw new Error(`no machine of a server named ${name}`);
    return machine;
  }

  connectTo(serverId: string): ((port: number) => Promise<Socket>) | undefined {
    const machine = this.#guests.get(serverId)?.machine;
    const address = machine?.isRunning === true ? machine.spec.cards[0]?.address : undefined;
    return address === undefined ? undefined : (port) => this.services.connect(address, port);
  }

  /** Folder of the release archives that machines take. */
  get releases(): string {
    return this.services.releases;
  }

  /** How each machine is. */
  report(): readonly MachineReport[] {
    return [...this.#guests.values()].map(({ machine, health }) => ({
      server: machine.name,
      running: machine.isRunning,
      since: machine.since?.toISOString(),
      problem: this.#problems.get(machine.name) ?? health?.last.reason,
      memoryMebibytes: machine.isRunning ? machine.memoryMebibytes() : undefined,
      consoleFile: machine.consoleFile,
    }));
  }

  /** Resolves when every machine and every database has followed its model as it is now. @throws Error with the first problem */
  async settled(): Promise<void> {
    this.#follow();
    await this.services.databases.refresh();
    await Promise.all([...this.#guests.values(), ...this.#leaving].map(({ turn }) => turn));
    const [problem] = [...this.#problems, ...this.services.databases.problems];
    if (problem !== undefined) throw new Error(`${problem[0]}: ${problem[1]}`);
  }

  /** Ends every machine at once and the network with them; disks and volumes stay. */
  async stop(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    for (const { health } of this.#guests.values()) health?.close();
    try {
      await Promise.all([...this.#guests.values(), ...this.#leaving].map(({ machine }) => machine.kill()));
      await this.services.close();
    } finally {
      await this.sandbox.stop();
    }
  }

  #follow(): void {
    if (this.#closed) return;
    const servers = this.#cloud.nova.servers.list();
    for (const server of servers) this.#followServer(server);
    const there = new Set(servers.map(({ id }) => id));
    for (const [id, guest] of this.#guests) {
      if (there.has(id)) continue;
      this.#guests.delete(id);
      this.#leaving.add(guest);
      guest.health?.close();
      this.#then(guest, async () => {
        await guest.machine.remove();
        this.#leaving.delete(guest);
      });
    }
    this.#removeVolumes();
  }

  #followServer(server: ServerView): void {
    const boot = running.has(server.status) ? server.guestReadyAt : undefined;
    const known = this.#guests.get(server.id);
    if (known === undefined && boot === undefined) return;
    const guest = known ?? this.#make(server);
    const spec = this.#specOf(server);
    const rebuilt = server.status === "REBUILD";
    if (guest.boot !== boot || rebuilt) {
      guest.boot = boot;
      guest.health?.close();
      guest.health = undefined;
      this.#then(guest, async () => {
        await (rebuilt ? guest.machine.remove() : guest.machine.stop());
        this.#healthChanged();
        if (boot === undefined) return;
        for (const card of spec.cards) await this.network.addSubnet(this.#subnetOf(card.subnetId));
        guest.machine.change(spec);
        await guest.machine.start();
        const connect = (port: number) => this.services.connect(spec.cards[0]?.address ?? "", port);
        const serves = () => this.#servesOn(server.id);
        guest.health = new GuestHealth({ connect, serves, onChange: this.#healthChanged });
        this.#healthChanged();
      });
    } else if (boot !== undefined) {
      this.#then(guest, () => guest.machine.attach(spec.dataVolume));
    }
  }

  /** What the security groups of a server's ports let in says what it serves. */
  #servesOn(serverId: string): GuestService | undefined {
    const { ports, securityGroups } = this.#cloud.neutron;
    const own = ports.list().filter(({ deviceId }) => deviceId === serverId);
    return guestServices.find(({ port }) => own.some(({ id }) => securityGroups.opensTcp(id, port)));
  }

  #make(server: ServerView): Guest {
    const { sandbox, network } = this;
    const folder = join(this.#folder, "servers", server.id);
    const machine = new Machine({ sandbox, network, id: server.id, folder }, this.#specOf(server));
    const guest: Guest = { machine, boot: undefined, turn: Promise.resolve(), health: undefined };
    this.#guests.set(server.id, guest);
    return guest;
  }

  #then(guest: Guest, step: () => Promise<void>): void {
    const { name } = guest.machine;
    guest.turn = guest.turn.then(async () => {
      if (this.#closed) return;
      try {
        await step();
        this.#problems.delete(name);
      } catch (error) {
        this.#problems.set(name, error instanceof Error ? error.message : String(error));
      }
    });
  }

  #specOf(server: ServerView): MachineSpec {
    const volumeId = server.volumeIds.find((id) => this.#cloud.cinder.volumes.get(id).status === "in-use");
    return {
      name: server.name,
      cards: server.addresses.map(({ subnetId, address, macAddress }) => ({ subnetId, address, macAddress })),
      cpus: server.flavor.vcpus,
      memoryMebibytes: server.flavor.ram,
      diskGibibytes: server.flavor.disk,
      ...(volumeId === undefined ? {} : { dataVolume: this.#volume(volumeId) }),
    };
  }

  #volume(id: string): MachineVolume {
    return { file: this.#volumeFile(id), gibibytes: this.#cloud.cinder.volumes.get(id).size };
  }

  #volumeFile(id: string): string {
    return join(this.#folder, "volumes", `${id}.img`);
  }

  #subnetOf(id: string) {
    const { cidr, gatewayIp } = this.#cloud.neutron.subnets.get(id);
    return { id, cidr, gateway: gatewayIp };
  }

  /** System disks of servers that were deleted while no one looked. */
  #removeAbandoned(): void {
    const there = new Set(this.#cloud.nova.servers.list().map(({ id }) => id));
    for (const id of entries(join(this.#folder, "servers"))) {
      if (!there.has(id)) rmSync(join(this.#folder, "servers", id), { recursive: true, force: true });
    }
  }

  #removeVolumes(): void {
    const there = new Set(this.#cloud.cinder.volumes.list().map(({ id }) => `${id}.img`));
    for (const file of entries(join(this.#folder, "volumes"))) {
      if (!there.has(file)) rmSync(join(this.#folder, "volumes", file), { force: true });
    }
  }
}

function entries(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

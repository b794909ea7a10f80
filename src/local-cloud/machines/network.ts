import type { ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Cidr, IpAddress } from "../../core/cidr.ts";
import { systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import type { Sandbox } from "./sandbox.ts";
import type { InsideOptions, MachineNetwork } from "./services/machine-network.ts";
import type { Command } from "./tools.ts";

export interface MachineSubnet {
  /** Any text that no other subnet has. */
  readonly id: string;
  /** Such as `10.10.1.0/24`. */
  readonly cidr: string;
  /** Router of its machines; it lies in `cidr`. Absent: they reach nothing outside of their subnet. */
  readonly gateway?: string | undefined;
}

/** A card of a machine. */
export interface MachineCard {
  /** A subnet that `addSubnet` has made. */
  readonly subnetId: string;
  readonly address: string;
  readonly macAddress: string;
}

/**
 * The network of one cloud's machines, inside its sandbox: a bridge for each subnet with the gateway's address, routes between all of them, and
 * addresses by DHCP. There is no way out of it.
 */
export class CloudNetwork implements MachineNetwork {
  readonly #sandbox: Sandbox;
  readonly #nameServer: string;
  readonly #subnets = new Map<string, MachineSubnet>();
  /** Bridges, also while they are made. */
  readonly #bridges = new Map<string, Promise<void>>();
  readonly #cards = new Map<string, { readonly machine: string; readonly card: MachineCard }>();
  #dnsmasq: ChildProcess | undefined;
  /** Changes follow each other: each starts dnsmasq anew. */
  #turn: Promise<void> = Promise.resolve();

  /** @param nameServer address of the DNS server that machines ask */
  constructor(sandbox: Sandbox, nameServer: string) {
    this.#sandbox = sandbox;
    this.#nameServer = nameServer;
  }

  inside(command: Command, options?: InsideOptions): Command {
    return this.#sandbox.inside(command, options);
  }

  async own(address: string): Promise<void> {
    await this.#sandbox.run(["ip", "address", "replace", `${address}/32`, "dev", "lo"]);
  }

  async disown(address: string): Promise<void> {
    await this.#sandbox.try(["ip", "address", "delete", `${address}/32`, "dev", "lo"]);
  }

  /** Makes the bridge of a subnet, once. */
  addSubnet(subnet: MachineSubnet): Promise<void> {
    const known = this.#bridges.get(subnet.id);
    if (known !== undefined) return known;
    const made = this.#makeBridge(subnet);
    this.#bridges.set(subnet.id, made);
    return made;
  }

  async #makeBridge(subnet: MachineSubnet): Promise<void> {
    const bridge = bridgeOf(subnet.id);
    const { prefix, last } = Cidr.parse(subnet.cidr);
    // dnsmasq answers on an address of the subnet only.
    const own = subnet.gateway ?? IpAddress.ofNumber(last.toNumber() - 1).toString();
    await this.#sandbox.run(["ip", "link", "add", bridge, "type", "bridge"]);
    await this.#sandbox.run(["ip", "address", "add", `${own}/${prefix}`, "dev", bridge]);
    await this.#sandbox.run(["ip", "link", "set", bridge, "up"]);
    this.#subnets.set(subnet.id, subnet);
    await this.#restartDnsmasq();
  }

  /**
   * Makes the cards of a machine, `eth0` and on, in a network namespace of its own.
   * @param machine name of the namespace
   */
  async plug(machine: string, cards: readonly MachineCard[]): Promise<void> {
    const run = (command: Command) => this.#sandbox.run(command);
    await run(["ip", "netns", "add", machine]);
    await run(["ip", "-n", machine, "link", "set", "lo", "up"]);
    for (const [index, card] of cards.entries()) {
      const outer = `v${digest(`${machine} ${index}`)}`;
      const peer = ["peer", "name", `eth${index}`, "address", card.macAddress, "netns", machine];
      await run(["ip", "link", "add", outer, "type", "veth", ...peer]);
      await run(["ip", "link", "set", outer, "master", bridgeOf(card.subnetId), "up"]);
      this.#cards.set(card.macAddress, { machine, card });
    }
    await this.#restartDnsmasq();
  }

  /** Removes the cards and the namespace of a machine that has ended. */
  async unplug(machine: string): Promise<void> {
    for (const [mac, { machine: owner }] of this.#cards) if (owner === machine) this.#cards.delete(mac);
    await this.#sandbox.try(["ip", "netns", "delete", machine]);
  }

  #restartDnsmasq(): Promise<void> {
    this.#turn = this.#turn.then(() => this.#startDnsmasq());
    return this.#turn;
  }

  async #startDnsmasq(): Promise<void> {
    // The program changes its group, so that it does not end with its parent.
    if (this.#dnsmasq !== undefined) await this.#sandbox.run(["sh", "-c", endDnsmasq]);
    const folder = join(this.#sandbox.folder, "dnsmasq");
    mkdirSync(folder, { recursive: true });
    // Addresses come from `dhcp-host` alone: a lease, which never ends, would keep the address of a deleted machine from its successor.
    rmSync(join(folder, "leases"), { force: true });
    const file = join(folder, "dnsmasq.conf");
    writeFileSync(file, this.#configuration(folder));
    let said = "";
    const process = this.#sandbox.spawn(["dnsmasq", "--keep-in-foreground", `--conf-file=${file}`], {
      root: "image",
      stdio: ["ignore", "ignore", "pipe"],
    });
    process.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    this.#dnsmasq = process;
    const bound = async () =>
      process.exitCode !== null || (await this.#sandbox.try(["test", "-s", `${imageRun}/dnsmasq.pid`])).code === 0;
    await poll({ look: bound, good: Boolean, interval: 20, limit: 10_000, clock: systemClock });
    if (process.exitCode !== null) throw new Error(`dnsmasq ended with code ${process.exitCode}: ${said.trim()}`);
  }

  #configuration(folder: string): string {
    const subnets = [...this.#subnets.values()].flatMap(({ id, cidr, gateway }) => {
      const tag = digest(id);
      return [
        `dhcp-range=set:${tag},${Cidr.parse(cidr).first},static,infinite`,
        // An empty option is not sent.
        `dhcp-option=tag:${tag},option:router${gateway === undefined ? "" : `,${gateway}`}`,
        `dhcp-option=tag:${tag},option:dns-server,${this.#nameServer}`,
      ];
    });
    const hosts = [...this.#cards.values()].map(({ card }) => `dhcp-host=${card.macAddress},${card.address}`);
    return `${[
      "user=root",
      "pid-file=/run/dnsmasq.pid",
      `dhcp-leasefile=${join(folder, "leases")}`,
      // No DNS.
      "port=0",
      "bind-dynamic",
      "dhcp-authoritative",
      ...subnets,
      ...hosts,
    ].join("\n")}\n`;
  }
}

const imageRun = "/run/lor/image/run";

/** Its file goes too: it would say that the next one is ready. */
const endDnsmasq = `pid=$(cat ${imageRun}/dnsmasq.pid) && rm ${imageRun}/dnsmasq.pid
while kill -KILL "$pid" 2>/dev/null; do sleep 0.02; done`;

/** Name of a bridge: at most 15 characters. */
function bridgeOf(subnetId: string): string {
  return `br-${digest(subnetId)}`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 10);
}

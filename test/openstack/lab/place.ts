import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";

/** The only address that anything listens on. */
export const loopback = "127.0.0.1";

export const region = "RegionOne";

/** One throw-away password for every account: nothing leaves loopback, nothing in it is worth more. */
export const password = "openstack-on-loopback";

/** Each is one pretended hypervisor with a switch of its own. Three, so that a server group can be seen to spread. */
export const computeHosts = ["cmp1", "cmp2", "cmp3"] as const;

/** The services' usual ports, moved by some thousands: 5000 and 8080 are taken on many a developer's machine. */
export const ports = {
  mariadb: 23306,
  rabbitmq: 25672,
  /** Of Erlang's nodes among themselves. */
  rabbitmqNodes: 25673,
  erlangNames: 24369,
  memcached: 21211,
  ovnNorth: 26641,
  ovnSouth: 26642,
  keystone: 25000,
  glance: 29292,
  placement: 28778,
  nova: 28774,
  neutron: 29696,
  octavia: 29876,
  octaviaHealth: 25555,
  cinder: 28776,
  barbican: 29311,
  swift: 28080,
  swiftObject: 26200,
  swiftContainer: 26201,
  swiftAccount: 26202,
} as const;

export type PortName = keyof typeof ports;

export function address(port: PortName): string {
  return `http://${loopback}:${ports[port]}`;
}

export const identityUrl = `${address("keystone")}/v3`;

/** Unix sockets have paths of at most 107 characters, and Open vSwitch's lie deepest. */
const longestFolder = 70;

/** The folder that holds everything of one OpenStack: configuration, data, logs, sockets, and the list of what runs. */
export class Place {
  readonly folder: string;

  constructor(folder: string) {
    if (!isAbsolute(folder) || folder.length > longestFolder || /\s/.test(folder)) {
      throw new Error(
        `LOR_INFRA_OPENSTACK_FOLDER is ${JSON.stringify(folder)}; it must be absolute, without spaces, of at most ${longestFolder} characters`,
      );
    }
    this.folder = folder;
  }

  /** `LOR_INFRA_OPENSTACK_FOLDER`, or a folder in the user's cache. */
  static fromEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Place {
    const cache = env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), ".cache");
    return new Place(env.LOR_INFRA_OPENSTACK_FOLDER ?? join(cache, "lor-infra", "openstack"));
  }

  /** Path of a configuration file. */
  etc(path: string): string {
    return join(this.folder, "etc", path);
  }

  /** Path of data that outlives a stop. */
  data(path: string): string {
    return join(this.folder, "data", path);
  }

  log(name: string): string {
    return join(this.folder, "log", `${name}.log`);
  }

  /** Path of a socket or of a record of what runs. */
  run(path: string): string {
    return join(this.folder, "run", path);
  }

  /** Makes the folders that every service counts on. */
  prepare(): void {
    for (const folder of [this.etc(""), this.data("tmp"), this.data("locks"), dirname(this.log("any")), this.run("")]) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    }
  }

  /** Writes a configuration file and gives its path. */
  write(path: string, text: string): string {
    const file = this.etc(path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }
}

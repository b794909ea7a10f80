import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import type { InsideOptions, MachineNetwork } from "../../../src/local-cloud/machines/services/machine-network.ts";
import { systemClock } from "../../../src/os/host.ts";
import { poll } from "../../../src/os/poll.ts";

const run = promisify(execFile);
let last = 0;

/** Why no network namespace can be made here; undefined when one can. */
export const namespaceObstacle: string | undefined = findObstacle();

if (namespaceObstacle !== undefined) console.warn(`tests of the machines' services are skipped: ${namespaceObstacle}`);

/** A network namespace without machines, for the services alone. Its name server is the one of `resolv.conf`. */
export class HandMadeNetwork implements MachineNetwork {
  readonly #name: string;

  private constructor(name: string) {
    this.#name = name;
  }

  /** @param nameServer address in `/etc/resolv.conf` of commands that run inside */
  static async open(nameServer: string): Promise<HandMadeNetwork> {
    last += 1;
    const name = `lor-test-${process.pid}-${last}`;
    mkdirSync(`/etc/netns/${name}`, { recursive: true });
    writeFileSync(`/etc/netns/${name}/resolv.conf`, `nameserver ${nameServer}\noptions timeout:2 attempts:1\n`);
    await run("ip", ["netns", "add", name]);
    await run("ip", ["-n", name, "link", "set", "lo", "up"]);
    return new HandMadeNetwork(name);
  }

  inside(command: readonly [string, ...string[]], { user }: InsideOptions = {}): readonly string[] {
    const enter = ["nsenter", `--net=/run/netns/${this.#name}`];
    if (user === undefined) return [...enter, ...command];
    const who = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--init-groups", "--"];
    return [...enter, "unshare", "--mount", "--", "sh", "-ec", ownDevices, "sh", ...who, ...command];
  }

  async own(address: string): Promise<void> {
    await run("ip", ["-n", this.#name, "addr", "replace", `${address}/32`, "dev", "lo"]);
  }

  async disown(address: string): Promise<void> {
    await run("ip", ["-n", this.#name, "addr", "del", `${address}/32`, "dev", "lo"]).catch(() => undefined);
  }

  /** Runs a command inside, as a machine would; @returns its output. Rejects with an error that has `code` and `stderr`. */
  async run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
    const { stdout } = await run("ip", ["netns", "exec", this.#name, program, ...args], {
      env: { PATH: process.env.PATH ?? "", HOME: "/nonexistent", ...env },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  }

  /** Connections to an own address come from another one, which the network owns too. */
  async speakAs(from: string, to: string): Promise<void> {
    const route = ["local", to, "dev", "lo", "table", "local", "proto", "kernel", "scope", "host"];
    await run("ip", ["-n", this.#name, "route", "replace", ...route, "src", from]);
  }

  /** Opens connections inside and holds them. @returns a function that closes them */
  async hold(address: string, port: number, count: number): Promise<() => Promise<void>> {
    const script = `
      const { connect } = require("node:net");
      const opened = Array.from({ length: ${count} }, () => new Promise((resolve) => {
        connect(${port}, "${address}").once("data", resolve);
      }));
      Promise.all(opened).then(() => console.log("open"));`;
    const [program = "", ...args] = this.inside([process.execPath, "-e", script]);
    const holder = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    return async () => {
      const ended = once(holder, "close");
      holder.kill("SIGKILL");
      await ended;
    };
  }

  /** Kills the processes inside whose names match, and waits until they are gone. */
  async killAll(name: RegExp): Promise<void> {
    const find = async () => {
      const { stdout } = await run("ip", ["netns", "pids", this.#name]);
      return stdout
        .split("\n")
        .filter(Boolean)
        .map(Number)
        .filter((pid) => name.test(commandOf(pid)));
    };
    for (const pid of await find()) process.kill(pid, "SIGKILL");
    await poll({ look: find, good: (left) => left.length === 0, interval: 20, limit: 20_000, clock: systemClock });
  }

  async close(): Promise<void> {
    await run("ip", ["netns", "del", this.#name]);
    rmSync(`/etc/netns/${this.#name}`, { recursive: true, force: true });
  }
}

/** The user's programs write to /dev/null, which not every container lets everybody do. */
const ownDevices = `
mount -t tmpfs -o mode=755 tmpfs /mnt
mknod -m 666 /mnt/null c 1 3
mount --bind /mnt/null /dev/null
exec "$@"
`;

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8");
  } catch {
    return "";
  }
}

function findObstacle(): string | undefined {
  const name = `lor-probe-${process.pid}`;
  try {
    execFileSync("ip", ["netns", "add", name], { stdio: "pipe" });
    execFileSync("ip", ["netns", "del", name], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `ip netns add: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}

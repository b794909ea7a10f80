import { execFile, execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";
import type { MachineNetwork } from "../../../src/local-cloud/machines/services/machine-network.ts";

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

  enter(command: readonly string[]): readonly string[] {
    return ["nsenter", `--net=/run/netns/${this.#name}`, ...command];
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

  async close(): Promise<void> {
    await run("ip", ["netns", "del", this.#name]);
    rmSync(`/etc/netns/${this.#name}`, { recursive: true, force: true });
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

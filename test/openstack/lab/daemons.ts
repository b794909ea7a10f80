import { spawn } from "node:child_process";
import { appendFileSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import {
  isAlive,
  type ProcessIdentity,
  processesWith,
  startTicksOf,
  thisMachine,
} from "../../../src/os/process-identity.ts";
import type { Place } from "./place.ts";

/** Every daemon, and so everything that it starts, carries the folder under this name in its environment. */
const processMark = "LOR_INFRA_OPENSTACK_DAEMON";

export interface DaemonOptions {
  readonly env?: Readonly<Record<string, string>>;
}

interface Daemon extends ProcessIdentity {
  readonly name: string;
  /** Process numbers mean nothing after the machine's next start. */
  readonly boot: string;
}

/** Those that others write to until their end: stopped last. */
const stoppedLast = ["rabbitmq", "mariadb", "memcached", "erlang-names"];

/**
 * The daemons of one folder. Each is on record with its number and its start time before the next one is started, so that a later process can
 * stop them, and only them.
 */
export class Daemons {
  readonly #place: Place;
  readonly #record: string;
  readonly #graceMilliseconds: number;

  /** Between SIGTERM and SIGKILL a daemon has `graceMilliseconds`. */
  constructor(place: Place, graceMilliseconds = 8_000) {
    this.#place = place;
    this.#graceMilliseconds = graceMilliseconds;
    this.#record = place.run("daemons.jsonl");
  }

  /** Environment of everything that is run for this folder: Debian's own Python and nothing of the caller's. */
  environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
      LC_ALL: "C.UTF-8",
      HOME: this.#place.data("tmp"),
      PYTHONDONTWRITEBYTECODE: "1",
      [processMark]: this.#place.folder,
      ...more,
    };
  }

  /** Starts one, in a session of its own: a Ctrl-C in the terminal does not reach it. */
  start(name: string, command: string, args: readonly string[], options: DaemonOptions = {}): void {
    const log = openSync(this.#place.log(name), "a", 0o600);
    const child = spawn(command, args, {
      cwd: this.#place.data("tmp"),
      env: this.environment(options.env),
      detached: true,
      stdio: ["ignore", log, log],
    });
    child.once("error", (error) => process.stderr.write(`${name} could not be started: ${error.message}\n`));
    child.unref();
    if (child.pid === undefined) throw new Error(`${name} could not be started: ${command}`);
    const startTicks = startTicksOf(child.pid);
    if (startTicks === undefined) throw new Error(`${name} ended at once; see ${this.#place.log(name)}`);
    const daemon: Daemon = { name, pid: child.pid, startTicks, boot: thisMachine().boot };
    appendFileSync(this.#record, `${JSON.stringify(daemon)}\n`);
  }

  /** Those on record that still run. */
  running(): readonly Daemon[] {
    if (!existsSync(this.#record)) return [];
    const { boot } = thisMachine();
    return readFileSync(this.#record, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Daemon)
      .filter((daemon) => daemon.boot === boot && isAlive(daemon));
  }

  /** Names of those on record that have ended. */
  ended(): readonly string[] {
    const running = new Set(this.running().map((daemon) => daemon.name));
    const recorded = existsSync(this.#record) ? readFileSync(this.#record, "utf8").split("\n") : [];
    return recorded
      .filter((line) => line !== "")
      .map((line) => (JSON.parse(line) as Daemon).name)
      .filter((name) => !running.has(name));
  }

  /** Whatever runs for this folder: the daemons, what they started, and commands that an interrupted start left. */
  everyProcess(): readonly ProcessIdentity[] {
    return processesWith(processMark, this.#place.folder);
  }

  /** Stops one, and no other. */
  async stopOne(name: string): Promise<void> {
    const found = this.running().filter((daemon) => daemon.name === name);
    if (found.length === 0) throw new Error(`no ${name} runs`);
    await Promise.all(found.map((daemon) => endGently(daemon, this.#graceMilliseconds)));
  }

  /** Stops all of it; resolves when none is left. */
  async stop(): Promise<void> {
    const running = this.running();
    const last = (daemon: Daemon) => stoppedLast.includes(daemon.name);
    const end = (daemon: Daemon) => endGently(daemon, this.#graceMilliseconds);
    await Promise.all(running.filter((daemon) => !last(daemon)).map(end));
    await Promise.all(running.filter(last).map(end));
    // What a daemon left behind when it ended, such as a worker in a session of its own.
    for (let rest = this.everyProcess(); rest.length > 0; rest = this.everyProcess()) {
      for (const process of rest) signal(process, "SIGKILL");
      await pause(100);
    }
    rmSync(this.#record, { force: true });
  }
}

async function endGently(daemon: ProcessIdentity, graceMilliseconds: number): Promise<void> {
  signal(daemon, "SIGTERM");
  const deadline = Date.now() + graceMilliseconds;
  while (isAlive(daemon) && Date.now() < deadline) await pause(50);
  signal(daemon, "SIGKILL");
}

/** Signals this process and no later one with its number. */
function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

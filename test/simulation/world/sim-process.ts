import type { MachineIdentity } from "../../../src/os/process-identity.ts";
import type { Random } from "../kernel/random.ts";
import type { Owner, Scheduler } from "../kernel/scheduler.ts";

/** What a process is about to do with the world: a moment at which something may go wrong. */
export interface Moment {
  readonly process: SimProcess;
  /** Such as `create ps-2`, `write lock/3.json`, `PUT /…/members`. */
  readonly what: string;
  readonly kind: "file" | "cloud" | "engine";
  /** Before it is done, or after. */
  readonly when: "before" | "after";
}

/** What goes wrong at a moment; undefined: nothing. */
export type Trouble =
  | { readonly kind: "die" }
  | { readonly kind: "pause"; readonly milliseconds: number }
  | { readonly kind: "fail"; readonly error: Error };

export interface Weather {
  strike(moment: Moment): Trouble | undefined;
}

export interface Machine {
  readonly identity: MachineIdentity;
  readonly user: string;
  /** Difference of its clock to the true time, milliseconds. */
  skew: number;
  readonly processes: Map<number, SimProcess>;
  /** Of the last process. */
  lastPid: number;
}

/** The moment never comes: what a dead process waits for. */
const never = new Promise<never>(() => undefined);

export interface World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly weather: Weather;
  note(text: string): void;
  /** Sends a request to the simulated cloud. */
  fetch(process: SimProcess, address: string, options?: RequestInit): Promise<Response>;
}

/** A process on a machine. Everything that it does to the world goes through `reach`, where it may die, sleep or fail. */
export class SimProcess implements Owner {
  readonly world: World;
  readonly machine: Machine;
  readonly pid: number;
  readonly name: string;
  /** Marks of the environment, such as the id of the run. */
  readonly marks: ReadonlySet<string>;
  readonly #end = new AbortController();
  readonly #killed = Promise.withResolvers<void>();
  pausedUntil = 0;
  /** What SIGINT does; nothing by default. */
  onInterrupt: () => void = () => undefined;

  readonly parent: SimProcess | undefined;

  constructor(
    world: World,
    machine: Machine,
    {
      name,
      marks = [],
      parent,
    }: { readonly name: string; readonly marks?: readonly string[]; readonly parent?: SimProcess },
  ) {
    this.world = world;
    this.parent = parent;
    this.machine = machine;
    this.name = name;
    this.marks = new Set(marks);
    this.pid = nextPid(machine);
    machine.processes.set(this.pid, this);
  }

  get dead(): boolean {
    return this.#end.signal.aborted;
  }

  /** Aborted when the process has ended. */
  get ended(): AbortSignal {
    return this.#end.signal;
  }

  now(): Date {
    return new Date(this.world.scheduler.now + this.machine.skew);
  }

  /** Milliseconds. */
  async sleep(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.world.scheduler.after(milliseconds, resolve, this);
    await promise;
  }

  /** Does something to the world; a dead process never learns of it. */
  async reach<T>(
    kind: Moment["kind"],
    what: string,
    least: number,
    most: number,
    work: () => T | Promise<T>,
  ): Promise<T> {
    await this.#meet({ process: this, what, kind, when: "before" });
    await this.sleep(this.world.random.between(least, most));
    const result = await this.#settled(Promise.resolve(work()));
    await this.#meet({ process: this, what, kind, when: "after" });
    if (!result.ok) throw result.error;
    return result.value;
  }

  /** Ends without a trace in it. */
  kill(): void {
    if (this.dead) return;
    this.world.note(`${this.name} (process ${this.pid} on ${this.machine.identity.host}) is killed`);
    this.#stop();
    this.#killed.resolve();
  }

  /** Ends by itself. */
  exit(): void {
    this.#stop();
  }

  /** Resolves when the process is killed. */
  get killed(): Promise<void> {
    return this.#killed.promise;
  }

  #stop(): void {
    this.machine.processes.delete(this.pid);
    this.#end.abort(new Error("the process has ended"));
  }

  async #settled<T>(
    work: Promise<T>,
  ): Promise<{ readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }> {
    const result = await work.then(
      (value) => ({ ok: true, value }) as const,
      (error: unknown) => ({ ok: false, error }) as const,
    );
    return this.dead ? await never : result;
  }

  async #meet(moment: Moment): Promise<void> {
    const trouble = this.world.weather.strike(moment);
    if (trouble === undefined) return;
    switch (trouble.kind) {
      case "die":
        this.kill();
        return await never;
      case "pause":
        this.world.note(`${this.name} is paused for ${trouble.milliseconds / 1000} s at ${moment.what}`);
        this.pausedUntil = this.world.scheduler.now + trouble.milliseconds;
        return await this.sleep(0);
      case "fail":
        this.world.note(`${this.name}: ${moment.what} fails: ${trouble.error.message}`);
        throw trouble.error;
    }
  }
}

export function uuidOf(random: Random): string {
  const digits = Buffer.from(random.bytes(16)).toString("hex");
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-4${digits.slice(13, 16)}-a${digits.slice(17, 20)}-${digits.slice(20)}`;
}

function nextPid(machine: Machine): number {
  machine.lastPid += 1;
  return machine.lastPid;
}

import { setTimeout as pause } from "node:timers/promises";
import type { Cloud } from "../cloud.ts";
import type { Entity } from "../lab/admin-api.ts";

const pollMilliseconds = 1000;

/** One front of the pool at one moment. */
export interface FrontSeen {
  readonly name: string;
  /** The pool sends customers to it: by its weight and Octavia's operating status. */
  readonly taken: boolean;
  /** Its machine runs and is not being worked on: by Nova. */
  readonly runs: boolean;
}

export interface Sample {
  readonly seconds: number;
  readonly fronts: readonly FrontSeen[];
}

export interface Availability {
  /** Most of the fronts that were there from the beginning and did not serve, at one moment. */
  readonly mostOut: number;
  /** Fewest fronts that served at one moment, new ones counted. */
  readonly fewestServing: number;
  /** For how long customers were sent to a machine that did not run, summed over the fronts. */
  readonly misdirectedSeconds: number;
}

/** What customers have of the samples; each holds until the next. */
export function availabilityIn(samples: readonly Sample[]): Availability {
  const first = new Set(samples[0]?.fronts.map(({ name }) => name));
  const serving = samples.map(({ fronts }) =>
    fronts.filter(({ taken, runs }) => taken && runs).map(({ name }) => name),
  );
  const misdirected = samples.slice(0, -1).map(({ seconds, fronts }, index) => {
    const until = samples[index + 1]?.seconds ?? seconds;
    return (until - seconds) * fronts.filter(({ taken, runs }) => taken && !runs).length;
  });
  return {
    mostOut: Math.max(...serving.map((names) => first.size - names.filter((name) => first.has(name)).length)),
    fewestServing: Math.min(...serving.map((names) => names.length)),
    misdirectedSeconds: misdirected.reduce((sum, one) => sum + one, 0),
  };
}

/** Looks at the fronts again and again, as OpenStack's administrator sees them. */
export class FrontWatch {
  readonly #cloud: Cloud;
  readonly #began = performance.now();
  readonly #samples: Sample[] = [];
  readonly #stop = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  private constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Resolves once it has looked for the first time. */
  static async start(cloud: Cloud): Promise<FrontWatch> {
    const watch = new FrontWatch(cloud);
    await watch.#look();
    watch.#loop = watch.#goOn();
    watch.#loop.catch(() => {});
    return watch;
  }

  /** Whether that many fronts are in the pool, and each of them serves. */
  everyoneServes(count: number): boolean {
    const fronts = this.#samples.at(-1)?.fronts ?? [];
    return fronts.length === count && fronts.every(({ taken, runs }) => taken && runs);
  }

  /** @throws when OpenStack did not answer meanwhile: then nobody knows who served. */
  async stop(): Promise<readonly Sample[]> {
    this.#stop.abort();
    await this.#loop;
    return this.#samples;
  }

  async #goOn(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await pause(pollMilliseconds);
      await this.#look();
    }
  }

  async #look(): Promise<void> {
    const fronts = await frontsOf(this.#cloud);
    this.#samples.push({ seconds: (performance.now() - this.#began) / 1000, fronts });
  }
}

async function frontsOf(cloud: Cloud): Promise<readonly FrontSeen[]> {
  const [members, servers] = await Promise.all([poolMembers(cloud), frontServers(cloud)]);
  return members.map((member) => ({ name: String(member.name), taken: isTaken(member), runs: runs(servers, member) }));
}

/** Members of every pool of the project; there is one. */
export async function poolMembers({ admin, projectId }: Cloud): Promise<readonly Entity[]> {
  const pools = await admin.list("octavia", "pool", `?project_id=${projectId}`);
  const members = await Promise.all(
    pools.map(({ id }) => admin.call("octavia", "GET", `/lbaas/pools/${id}/members`) as Promise<{ members: Entity[] }>),
  );
  return members.flatMap((one) => one.members);
}

/** Machines of the project, with the names of their flavors. */
export async function frontServers({ admin, projectId }: Cloud): Promise<readonly Entity[]> {
  const path = `/servers/detail?all_tenants=1&project_id=${projectId}`;
  const { servers } = (await admin.call("nova", "GET", path, undefined, "2.58")) as { servers: readonly Entity[] };
  return servers.filter(({ name }) => /-ps-\d+$/.test(String(name)));
}

function isTaken({ admin_state_up: enabled, weight, operating_status: status }: Entity): boolean {
  return enabled === true && weight !== 0 && status === "ONLINE";
}

/** By the rule of ../lab/octavia/machines/heartbeats.py. */
function runs(servers: readonly Entity[], { name }: Entity): boolean {
  const server = servers.find((one) => one.name === name);
  return (
    server !== undefined &&
    ["active", "resized"].includes(String(server["OS-EXT-STS:vm_state"])) &&
    server["OS-EXT-STS:power_state"] === 1 &&
    server["OS-EXT-STS:task_state"] === null
  );
}

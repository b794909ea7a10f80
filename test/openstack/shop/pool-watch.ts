import { setTimeout as pause } from "node:timers/promises";
import type { AdminApi, Entity } from "../lab/admin-api.ts";

/** One front in the pool, as Octavia's administrator saw it at one moment. */
interface SeenMember {
  readonly name: string;
  readonly weight: number;
  readonly operatingStatus: string;
  readonly provisioningStatus: string;
}

interface Look {
  readonly at: number;
  readonly members: readonly SeenMember[];
}

const betweenLooks = 400;

/** Looks at the shop's pool again and again, beside the switch: Octavia keeps no history of a member. */
export class PoolWatch {
  readonly #looks: Look[] = [];
  readonly #ended: Promise<void>;
  #stopped = false;

  constructor(admin: AdminApi, projectId: string) {
    this.#ended = this.#watch(admin, projectId);
  }

  /** A service that a test has stopped does not answer: then nothing is seen. */
  async #watch(admin: AdminApi, projectId: string): Promise<void> {
    let pool: string | undefined;
    while (!this.#stopped) {
      try {
        pool ??= (await admin.list("octavia", "pool", `?project_id=${projectId}`))[0]?.id;
        if (pool !== undefined) this.#looks.push(await look(admin, pool));
      } catch {
        pool = undefined;
      }
      await pause(betweenLooks);
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#ended;
  }

  get looks(): number {
    return this.#looks.length;
  }

  /** Fewest members that had a weight and were found healthy at one look. */
  get fewestServing(): number {
    const serving = ({ members }: Look) => members.filter((one) => one.weight > 0 && isWell(one)).length;
    return Math.min(...this.#looks.map(serving));
  }

  /** At the last look. */
  weightOf(name: string): number | undefined {
    return this.#looks.at(-1)?.members.find((one) => one.name === name)?.weight;
  }

  /** Looks between two moments at which a member had a weight. */
  servedBetween(name: string, from: number, to: number): number {
    const served = ({ members }: Look) => members.some((one) => one.name === name && one.weight > 0);
    return this.#looks.filter((one) => one.at >= from && one.at <= to && served(one)).length;
  }

  /** First moment at or after `from` at which a member was found healthy, with or without a weight. */
  wellFrom(name: string, from: number): number | undefined {
    return this.#first(name, from, isWell);
  }

  /** First moment at or after `from` at which a member had a weight. */
  inPoolFrom(name: string, from: number): number | undefined {
    return this.#first(name, from, ({ weight }) => weight > 0);
  }

  /** First moment at or after `from` at which a member had a weight and was sent customers. */
  servesFrom(name: string, from: number): number | undefined {
    return this.#first(name, from, ({ weight, operatingStatus }) => weight > 0 && operatingStatus === "ONLINE");
  }

  /** How long Octavia was changing a member's weight, milliseconds, as far as looks can tell. */
  get changing(): number {
    return this.#looks.reduce((sum, { at, members }, index) => {
      const busy = members.some((one) => one.provisioningStatus === "PENDING_UPDATE");
      return busy ? sum + (this.#looks[index + 1]?.at ?? at) - at : sum;
    }, 0);
  }

  #first(name: string, from: number, is: (member: SeenMember) => boolean): number | undefined {
    return this.#looks.find(({ at, members }) => at >= from && members.some((one) => one.name === name && is(one)))?.at;
  }
}

async function look(admin: AdminApi, pool: string): Promise<Look> {
  const at = Date.now();
  const { members } = (await admin.call("octavia", "GET", `/lbaas/pools/${pool}/members`)) as {
    members: readonly Entity[];
  };
  return {
    at,
    members: members.map((one) => ({
      name: String(one.name),
      weight: Number(one.weight),
      operatingStatus: String(one.operating_status),
      provisioningStatus: String(one.provisioning_status),
    })),
  };
}

/** `DRAINING` is what Octavia calls a healthy member of weight 0. */
function isWell({ operatingStatus }: SeenMember): boolean {
  return operatingStatus === "ONLINE" || operatingStatus === "DRAINING";
}

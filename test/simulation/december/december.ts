import { recover } from "../../../src/actions/recover/recover.ts";
import { switchProfile } from "../../../src/actions/rush/switch-profile.ts";
import { up } from "../../../src/actions/up/up.ts";
import type { Profile } from "../../../src/domain/profile.ts";
import type { StackContext } from "../../../src/stack/stack-context.ts";
import { lorProject } from "../../systems/lor/lor-project.ts";
import { Random } from "../kernel/random.ts";
import type { Machine, Moment } from "../world/sim-process.ts";
import { BrokenPromise, Promises } from "./promises.ts";
import { type CommandEnd, region, SimShop } from "./shop.ts";
import { drawTroubles, type PlannedTrouble, PlannedWeather, type WorldTrouble } from "./trouble.ts";

/** What happened in one December. */
export interface December {
  readonly seed: number;
  readonly troubles: readonly PlannedTrouble[];
  /** Undefined: everything promised was kept. */
  readonly broken: string | undefined;
  readonly events: number;
  /** Commands that were run. */
  readonly commands: number;
  /** Codes of the errors that were met. */
  readonly codes: readonly string[];
  readonly timeline: readonly string[];
}

/** Moments of a season without troubles, about. */
const momentsOfSeason = 3000;
/** Commands after the troubles have ended: then everything is as wanted. */
const commandsToRecover = 3;

const project = lorProject();

/** Plays one December: a shop, its people, what they want, and what goes wrong. The same seed gives the same timeline. */
export async function playDecember(seed: number, given?: readonly PlannedTrouble[]): Promise<December> {
  const random = new Random(seed);
  const shop = await SimShop.open(random.between(0, 0x7fff_ffff), project);
  const promises = new Promises(shop);
  const operator = new Operator(shop, random.fork());
  const troubles = given ?? drawTroubles(random, momentsOfSeason);
  let broken: string | undefined;
  try {
    await shop.scheduler.until(play(shop, promises, operator, random, troubles), () => promises.look());
  } catch (error) {
    broken =
      error instanceof BrokenPromise
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    shop.note(`BROKEN: ${broken}`);
  } finally {
    shop.close();
  }
  return {
    seed,
    troubles,
    broken,
    events: shop.scheduler.count,
    commands: operator.commands,
    codes: operator.codes,
    timeline: shop.notes,
  };
}

async function play(
  shop: SimShop,
  promises: Promises,
  operator: Operator,
  random: Random,
  troubles: readonly PlannedTrouble[],
): Promise<void> {
  await operator.obtain("up", 1);
  promises.begin(2);
  const world = new WorldTroubles(shop, promises, operator, random.fork());
  const weather = new PlannedWeather(troubles, (trouble, moment) => world.happen(trouble, moment));
  shop.weather = weather;
  for (const wanted of random.pick(seasons)) {
    await operator.obtain(wanted, 8);
  }
  weather.ended = true;
  shop.disk.full = false;
  shop.note("nothing goes wrong any more");
  await world.quiet();
  await operator.obtain(operator.wanted, commandsToRecover);
  operator.requireObtained();
  await promises.lookAtTheEnd();
}

type Wish = Profile | "up";

const seasons: readonly (readonly Wish[])[] = [["rush"], ["rush", "normal"], ["up", "rush"], ["rush", "up", "normal"]];

/** What happens to the world, and not to a process. */
class WorldTroubles {
  readonly #shop: SimShop;
  readonly #promises: Promises;
  readonly #operator: Operator;
  readonly #random: Random;
  /** What other people do meanwhile. */
  readonly #others: Promise<unknown>[] = [];

  constructor(shop: SimShop, promises: Promises, operator: Operator, random: Random) {
    this.#shop = shop;
    this.#promises = promises;
    this.#operator = operator;
    this.#random = random;
  }

  happen(trouble: PlannedTrouble & { readonly kind: WorldTrouble }, { process }: Moment): void {
    const { front = "" } = trouble;
    this.#shop.note(`TROUBLE ${trouble.kind} ${front}${trouble.seconds ?? ""}`);
    switch (trouble.kind) {
      case "disk-full":
        this.#shop.disk.full = true;
        this.#shop.scheduler.after(this.#random.between(1, 600) * 1000, () => {
          this.#shop.disk.full = false;
        });
        return;
      case "clock-jumps":
        process.machine.skew += (trouble.seconds ?? 0) * 1000;
        return;
      case "error-state":
      case "out-of-stock":
        this.#shop.cloud.cloud.faults.order({
          match: { type: "Instance", name: `*` },
          effect: { kind: trouble.kind },
        });
        return;
      case "second-operator":
        this.#others.push(this.#operator.colleague());
        return;
      case "says-no":
        this.#operator.saysNo = true;
        return;
      default:
        this.#inConsole(trouble.kind, front);
    }
  }

  #inConsole(kind: "server-deleted" | "server-stopped" | "member-drained" | "member-deleted", front: string): void {
    const { nova, octavia } = this.#shop.cloud.cloud;
    const served = this.#promises.serving().find((name) => name.endsWith(front));
    try {
      const server = nova.servers.list({ region }).find(({ name }) => name.endsWith(front));
      const pool = octavia.pools.list({ region })[0];
      const member = octavia.members.list(pool?.id ?? "").find(({ name }) => name.endsWith(front));
      if (kind === "server-deleted") nova.servers.delete(server?.id ?? "");
      else if (kind === "server-stopped") nova.servers.stop(server?.id ?? "");
      else if (kind === "member-drained") octavia.members.update(pool?.id ?? "", member?.id ?? "", { weight: 0 });
      else octavia.members.delete(pool?.id ?? "", member?.id ?? "");
      if (served !== undefined) this.#promises.take(served);
    } catch (error) {
      this.#shop.note(`  the console refuses: ${String(error)}`);
    }
  }

  /** Waits until everybody else has ended, and sets clocks and orders right. */
  async quiet(): Promise<void> {
    this.#shop.cloud.cloud.faults.clear();
    await Promise.all(this.#others);
  }
}

/** Somebody who knows nothing: does what `next:` says, and nothing else. */
class Operator {
  readonly #shop: SimShop;
  readonly #random: Random;
  readonly #machines: readonly Machine[];
  readonly #elsewhere: Machine;
  commands = 0;
  readonly codes: string[] = [];
  wanted: Wish = "up";
  saysNo = false;
  #last: CommandEnd | undefined;

  constructor(shop: SimShop, random: Random) {
    this.#shop = shop;
    this.#random = random;
    this.#machines = [shop.machine("atelier", "anne")];
    this.#elsewhere = shop.machine("laptop", "benoit");
  }

  /** Somebody else, on this machine or on another, wants the same or another thing once. */
  async colleague(): Promise<void> {
    const machine = this.#random.chance(0.5) ? this.#elsewhere : this.#random.pick(this.#machines);
    const command = this.#random.pick([this.wanted, "rush", "normal", "up"]);
    await this.#shop.wait(this.#random.between(0, 60_000));
    const end = await this.#shop.run(machine, {
      operation: command,
      action: (context) => actionOf(command, context, async () => true),
    });
    if (end.kind === "failed") this.codes.push(end.error.code);
  }

  /** Runs the command for a wish, and what it advises, until it has succeeded or the patience ends. */
  async obtain(wish: Wish, patience: number): Promise<void> {
    this.wanted = wish;
    let command: string = wish;
    for (let attempt = 0; attempt < patience; attempt++) {
      this.commands += 1;
      const end = await this.#shop.run(this.#random.pick(this.#machines), {
        operation: command,
        action: (context) => actionOf(command, context, async () => this.#answer()),
      });
      this.#last = end;
      if (end.kind === "done") {
        if (command === wish) return;
        command = wish;
        continue;
      }
      if (end.kind === "failed") {
        this.codes.push(end.error.code);
        command = adviceOf(end.error.next, command) ?? wish;
      }
      // A person needs a moment.
      await this.#shop.wait(this.#random.between(2, 90) * 1000);
    }
  }

  #answer(): boolean {
    const answer = !this.saysNo;
    this.saysNo = false;
    return answer;
  }

  requireObtained(): void {
    if (this.#last?.kind === "done") return;
    const last =
      this.#last?.kind === "failed" ? `${this.#last.error.code}: ${this.#last.error.message}` : this.#last?.kind;
    throw new BrokenPromise(`${this.wanted} was not obtained with ${commandsToRecover} commands: ${last}`);
  }
}

function actionOf(command: string, context: StackContext, confirm: () => Promise<boolean>): Promise<unknown> {
  switch (command) {
    case "up":
      return up(context, { confirm });
    case "rush":
    case "normal":
      return switchProfile(context, { target: command, confirm });
    case "recover":
      return recover(context, { confirm });
    default: {
      const replace = /^recover --replace (\S+)$/.exec(command)?.[1];
      if (replace !== undefined) return recover(context, { replace, confirm });
      throw new BrokenPromise(`the advice "lor-infra ${command}" is no command that a person can run here`);
    }
  }
}

/** The command that a `next:` names; the same one again when it only looks, or when a person must do something first. */
function adviceOf(next: string | undefined, last: string): string | undefined {
  const named = [...(next ?? "").matchAll(/lor-infra (up|rush|normal|recover(?: --replace \S+)?)(?![\w-])/g)].at(
    -1,
  )?.[1];
  return named ?? last;
}

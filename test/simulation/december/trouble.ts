import { ProviderFailure } from "../engine/provider-calls.ts";
import type { Random } from "../kernel/random.ts";
import type { Moment, Trouble, Weather } from "../world/sim-process.ts";

/** One thing that goes wrong at the moment of this number. */
export interface PlannedTrouble {
  /** Counted over all moments since the shop is up, from 0; it happens at the first moment from there on at which it is possible. */
  readonly at: number;
  readonly kind: TroubleKind;
  /** It waits for the engine to create, change or delete something. */
  readonly on?: "change";
  /** Of a pause or of a jump of the clock: seconds. */
  readonly seconds?: number;
  /** Of something that happens to a front. */
  readonly front?: string;
}

type TroubleKind = ProcessTrouble | WorldTrouble;

/** What happens to the process that has come to the moment. */
type ProcessTrouble =
  /** The command is killed; its engine lives on. */
  | "command-killed"
  /** Everything on the machine dies, as in a power cut. */
  | "machine-dies"
  | "engine-killed"
  /** Stopped and woken up later, as a laptop that is closed. */
  | "paused"
  /** A call of the cloud that fails before it arrives, or whose answer is lost. */
  | "call-refused"
  | "answer-lost";

/** What happens to the world. */
export type WorldTrouble =
  | "disk-full"
  | "clock-jumps"
  /** The next change of a front's server ends in ERROR, or finds no host. */
  | "error-state"
  | "out-of-stock"
  /** Somebody changes something in the cloud's console. */
  | "server-deleted"
  | "server-stopped"
  | "member-drained"
  | "member-deleted"
  /** Somebody else runs a command meanwhile. */
  | "second-operator"
  /** The person says no at the next question. */
  | "says-no";

const kinds: readonly TroubleKind[] = [
  "command-killed",
  "command-killed",
  "machine-dies",
  "engine-killed",
  "paused",
  "call-refused",
  "call-refused",
  "answer-lost",
  "answer-lost",
  "disk-full",
  "clock-jumps",
  "error-state",
  "out-of-stock",
  "server-deleted",
  "server-stopped",
  "member-drained",
  "member-deleted",
  "second-operator",
  "second-operator",
  "says-no",
];

/** A few troubles at random moments among the first so many. */
export function drawTroubles(random: Random, moments: number): readonly PlannedTrouble[] {
  const count = random.pick([0, 1, 1, 1, 2, 2, 3, 4]);
  return Array.from({ length: count }, (): PlannedTrouble => {
    const kind = random.pick(kinds);
    const at = random.between(0, moments - 1);
    switch (kind) {
      case "paused":
        return { at, kind, seconds: random.pick([5, 40, 90, 400]), ...(random.chance(0.5) ? { on: "change" } : {}) };
      case "clock-jumps":
        return { at, kind, seconds: random.pick([-7200, -90, 90, 7200]) };
      case "error-state":
      case "out-of-stock":
      case "server-deleted":
      case "server-stopped":
      case "member-drained":
      case "member-deleted":
        return { at, kind, front: random.pick(["ps-0", "ps-1", "ps-2"]) };
      case "disk-full":
      case "second-operator":
      case "says-no":
        return { at, kind };
      default:
        // Most moments are looks: what is rare and matters is met more often.
        return random.chance(0.7) ? { at, kind, on: "change" } : { at, kind };
    }
  }).sort((one, other) => one.at - other.at);
}

/** Strikes at the planned moments. */
export class PlannedWeather implements Weather {
  readonly #waiting: PlannedTrouble[];
  readonly #happen: (trouble: PlannedTrouble & { readonly kind: WorldTrouble }, moment: Moment) => void;
  #count = 0;
  ended = false;

  /** @param happen lets something happen to the world */
  constructor(
    troubles: readonly PlannedTrouble[],
    happen: (trouble: PlannedTrouble & { readonly kind: WorldTrouble }, moment: Moment) => void,
  ) {
    this.#waiting = [...troubles];
    this.#happen = happen;
  }

  strike(moment: Moment): Trouble | undefined {
    if (this.ended) return undefined;
    const number = this.#count++;
    const index = this.#waiting.findIndex((one) => one.at <= number && isPossible(one, moment));
    const [planned] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (planned === undefined) return undefined;
    const { process } = moment;
    switch (planned.kind) {
      case "command-killed":
        process.parent?.kill();
        return process.parent === undefined ? { kind: "die" } : undefined;
      case "machine-dies":
        for (const one of process.machine.processes.values()) one.kill();
        return { kind: "die" };
      case "engine-killed":
        return { kind: "die" };
      case "paused":
        return { kind: "pause", milliseconds: (planned.seconds ?? 0) * 1000 };
      case "call-refused":
      case "answer-lost":
        return { kind: "fail", error: new ProviderFailure(`the connection to the cloud was lost (${moment.what})`) };
      default:
        this.#happen({ ...planned, kind: planned.kind }, moment);
        return undefined;
    }
  }
}

function isPossible({ kind, on }: PlannedTrouble, moment: Moment): boolean {
  const isEngine = moment.process.parent !== undefined;
  if (on === "change" && !(isEngine && /^(create|update|delete) /.test(moment.what))) return false;
  switch (kind) {
    case "engine-killed":
      return isEngine;
    case "call-refused":
      return moment.kind === "cloud" && moment.when === "before";
    case "answer-lost":
      return moment.kind === "cloud" && moment.when === "after";
    default:
      return true;
  }
}

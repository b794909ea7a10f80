import type { CallInfo } from "./journal.ts";
import type { Store } from "./store.ts";

/** Effect of a fault on the call that it applies to. */
export type FaultEffect =
  /** Refused before anything is done: 500, or the status given. */
  | { readonly kind: "fail"; readonly status?: number | undefined; readonly message?: string | undefined }
  /** Carried out; the connection is cut instead of an answer. */
  | { readonly kind: "drop-after-accept" }
  /** Carried out after that many seconds of the real world (divided by the cloud's scale). */
  | { readonly kind: "slow"; readonly seconds: number }
  /** Carried out at once, answered only when released. */
  | { readonly kind: "hold" }
  /** Carried out only when released. */
  | { readonly kind: "hold-before" }
  /** The resource that the call creates or changes ends in ERROR. */
  | { readonly kind: "error-state" }
  /** The cloud has no host left: Nova's "No valid host was found". */
  | { readonly kind: "out-of-stock" };

export interface FaultMatch {
  /** Pulumi type token, or the class name after its last colon. */
  readonly type?: string | undefined;
  /** create, read, update, delete, invoke, http. */
  readonly operation?: string | undefined;
  /** Cloud name; a trailing `*` matches any ending. */
  readonly name?: string | undefined;
  readonly service?: string | undefined;
  readonly api?: string | undefined;
}

export interface FaultOrder {
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  /** How many calls meet it before it clears itself. Default 1. */
  readonly times?: number | undefined;
}

export interface FaultView {
  readonly id: number;
  readonly match: FaultMatch;
  readonly effect: FaultEffect;
  readonly remaining: number;
}

/** A call that waits for release. */
export interface HeldCall {
  /** Number of its journal entry. */
  readonly seq: number;
  readonly faultId: number;
  readonly call: CallInfo;
  readonly stage: "before" | "after";
}

interface Held extends HeldCall {
  readonly release: () => void;
}

/** Faults that a person or a test ordered. They clear themselves after use and survive a restart of the cloud until then. */
export class Faults {
  readonly #store: Store;
  readonly #onRegionChange: () => void;
  readonly #held = new Map<number, Held>();
  /** Known without a query: most calls of most clouds meet no fault. */
  #pending: number;

  /** @param onRegionChange called when a region is lost or restored. */
  constructor(store: Store, onRegionChange: () => void = () => {}) {
    this.#store = store;
    this.#onRegionChange = onRegionChange;
    this.#pending = this.list().length;
  }

  order(order: FaultOrder): FaultView {
    const times = order.times ?? 1;
    if (!Number.isInteger(times) || times < 1) {
      throw new RangeError(`a fault happens at least once: ${times}`);
    }
    const body = JSON.stringify({ match: order.match, effect: order.effect });
    const { lastInsertRowid } = this.#store
      .prepare("INSERT INTO fault (remaining, body) VALUES (?, ?)")
      .run(times, body);
    this.#pending += 1;
    return { id: Number(lastInsertRowid), match: order.match, effect: order.effect, remaining: times };
  }

  list(): FaultView[] {
    return this.#store
      .prepare("SELECT * FROM fault WHERE remaining > 0 ORDER BY id")
      .all()
      .map((row) => {
        const { match, effect } = JSON.parse(String(row.body)) as Pick<FaultView, "match" | "effect">;
        return { id: Number(row.id), match, effect, remaining: Number(row.remaining) };
      });
  }

  /** Takes back one fault, or all of them. */
  clear(id?: number): void {
    if (id === undefined) {
      this.#store.prepare("DELETE FROM fault").run();
    } else {
      this.#store.prepare("DELETE FROM fault WHERE id = ?").run(id);
    }
    this.#pending = this.list().length;
  }

  /** The oldest fault that this call meets, used up by one. */
  take(call: CallInfo): FaultView | undefined {
    if (this.#pending === 0) {
      return undefined;
    }
    const fault = this.list().find(({ match }) => matches(match, call));
    if (fault === undefined) {
      return undefined;
    }
    if (fault.remaining === 1) {
      this.clear(fault.id);
    } else {
      this.#store.prepare("UPDATE fault SET remaining = remaining - 1 WHERE id = ?").run(fault.id);
    }
    return fault;
  }

  held(): HeldCall[] {
    return [...this.#held.values()].map(({ seq, faultId, call, stage }) => ({ seq, faultId, call, stage }));
  }

  /** Resolves when the call is released. */
  hold(held: HeldCall): Promise<void> {
    return new Promise((resolve) => {
      this.#held.set(held.seq, { ...held, release: resolve });
    });
  }

  /** Lets one held call go on (by its journal number), or all. @returns how many. */
  release(seq?: number): number {
    const chosen = [...this.#held.values()].filter((held) => seq === undefined || held.seq === seq);
    for (const held of chosen) {
      this.#held.delete(held.seq);
      held.release();
    }
    return chosen.length;
  }

  /** Every call of that region fails until it is restored. `GRA` takes `GRA9`, `GRA11`… along; `GRA11` only itself. */
  loseRegion(region: string): void {
    this.#setLost([...new Set([...this.lostRegions(), region])]);
  }

  restoreRegion(region: string): void {
    this.#setLost(this.lostRegions().filter((lost) => lost !== region));
  }

  lostRegions(): string[] {
    const kept = this.#store.setting("lost-regions");
    return kept === undefined ? [] : kept.split(" ");
  }

  isLost(region: string): boolean {
    return this.lostRegions().some(
      (lost) => region === lost || (/^[A-Z]+$/.test(lost) && region.replace(/\d+$/, "") === lost),
    );
  }

  #setLost(regions: readonly string[]): void {
    this.#store.setSetting("lost-regions", regions.length === 0 ? undefined : regions.join(" "));
    this.#onRegionChange();
  }
}

function matches(match: FaultMatch, call: CallInfo): boolean {
  return (
    (match.type === undefined || call.type === match.type || call.type?.endsWith(`:${match.type}`) === true) &&
    (match.operation === undefined || call.operation === match.operation) &&
    (match.service === undefined || call.service === match.service) &&
    (match.api === undefined || call.api === match.api) &&
    (match.name === undefined || matchesName(match.name, call.name))
  );
}

function matchesName(pattern: string, name: string | undefined): boolean {
  return pattern.endsWith("*") ? name?.startsWith(pattern.slice(0, -1)) === true : name === pattern;
}

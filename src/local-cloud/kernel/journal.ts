import { host } from "../../os/host.ts";
import type { Store } from "./store.ts";

/** The providers' gRPC protocol, or the HTTP APIs. */
type Api = "grpc" | "http";

/** Description of an API call. Never a secret: names, types and ids only. */
export interface CallInfo {
  readonly api: Api;
  /** `nova`, `neutron`, `ovh-databases`… */
  readonly service: string;
  /** `create`, `read`, `update`, `delete`, `invoke`, or `http`. */
  readonly operation: string;
  /** Pulumi type token, such as `openstack:compute/instance:Instance`. */
  readonly type?: string | undefined;
  /** Cloud name of the resource, or method and path of an HTTP call. */
  readonly name?: string | undefined;
  readonly id?: string | undefined;
}

export interface JournalEntry extends CallInfo {
  readonly seq: number;
  /** Milliseconds of the cloud's clock. */
  readonly at: number;
  /** `running`: no answer yet (or the cloud died); `accepted`: carried out, not answered yet; then `ok`, `dropped` or the error's code. */
  readonly outcome: string;
  /** Milliseconds. */
  readonly duration: number | undefined;
}

export interface JournalFilter {
  /** Only entries with a greater number. */
  readonly after?: number | undefined;
  readonly api?: Api | undefined;
  readonly service?: string | undefined;
  readonly operation?: string | undefined;
  /** Whole token, or the class name after its last colon. */
  readonly type?: string | undefined;
  readonly name?: string | undefined;
  readonly outcome?: string | undefined;
  /** Newest entries kept. */
  readonly limit?: number | undefined;
}

interface Waiter {
  readonly filter: JournalFilter;
  readonly resolve: (entry: JournalEntry) => void;
}

/** Log of every API call (gRPC and HTTP) in order of arrival, kept in the store. Tests use it to prove that nothing is created twice. */
export class Journal {
  readonly #store: Store;
  readonly #waiters = new Set<Waiter>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Records an incoming call. @returns its sequence number. */
  begin(call: CallInfo, at: number): number {
    const { lastInsertRowid } = this.#store
      .prepare(
        "INSERT INTO journal (at, door, service, operation, type, name, id, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, 'running')",
      )
      .run(at, call.api, call.service, call.operation, call.type ?? null, call.name ?? null, call.id ?? null);
    const seq = Number(lastInsertRowid);
    this.#announce(seq);
    return seq;
  }

  /** Records how far a call got. */
  mark(seq: number, outcome: string, details: { id?: string | undefined; duration?: number | undefined } = {}): void {
    this.#store
      .prepare("UPDATE journal SET outcome = ?, id = coalesce(?, id), duration = ? WHERE seq = ?")
      .run(outcome, details.id ?? null, details.duration ?? null, seq);
    this.#announce(seq);
  }

  entries(filter: JournalFilter = {}): JournalEntry[] {
    const where: string[] = ["seq > ?"];
    const values: (string | number)[] = [filter.after ?? 0];
    const { api: door, service, operation, name, outcome } = filter;
    for (const [column, value] of Object.entries({ door, service, operation, name, outcome })) {
      if (value !== undefined) {
        where.push(`${column} = ?`);
        values.push(value);
      }
    }
    if (filter.type !== undefined) {
      where.push("(type = ? OR type LIKE '%:' || ?)");
      values.push(filter.type, filter.type);
    }
    values.push(filter.limit ?? -1);
    return this.#store
      .prepare(`SELECT * FROM journal WHERE ${where.join(" AND ")} ORDER BY seq DESC LIMIT ?`)
      .all(...values)
      .map(parse)
      .reverse();
  }

  /** The first entry that matches, at once when there is one already. Rejects after `timeoutMs` of real time. */
  wait(filter: JournalFilter, timeoutMs = 30_000): Promise<JournalEntry> {
    const seen = this.entries(filter)[0];
    if (seen !== undefined) {
      return Promise.resolve(seen);
    }
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        filter,
        resolve: (entry) => {
          stopTimer();
          resolve(entry);
        },
      };
      const stopTimer = host().after(timeoutMs, () => {
        this.#waiters.delete(waiter);
        reject(new Error(`no call matched ${JSON.stringify(filter)} within ${timeoutMs} ms`));
      });
      this.#waiters.add(waiter);
    });
  }

  #announce(seq: number): void {
    for (const waiter of this.#waiters) {
      const entry = this.entries({ ...waiter.filter, after: Math.max(waiter.filter.after ?? 0, seq - 1), limit: 1 })[0];
      if (entry !== undefined && entry.seq === seq) {
        this.#waiters.delete(waiter);
        waiter.resolve(entry);
      }
    }
  }
}

function parse(row: Record<string, unknown>): JournalEntry {
  const text = (column: string): string | undefined => (typeof row[column] === "string" ? row[column] : undefined);
  return {
    seq: Number(row.seq),
    at: Number(row.at),
    // The column keeps the name that it has in existing files.
    api: text("door") === "http" ? "http" : "grpc",
    service: text("service") ?? "",
    operation: text("operation") ?? "",
    type: text("type"),
    name: text("name"),
    id: text("id"),
    outcome: text("outcome") ?? "",
    duration: typeof row.duration === "number" ? row.duration : undefined,
  };
}

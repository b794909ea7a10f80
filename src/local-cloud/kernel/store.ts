import { DatabaseSync, type StatementSync } from "node:sqlite";

/** One modelled thing (server, port, bucket…) as it is kept: the columns that are searched, and the rest as JSON. */
export interface StoredRecord<Body> {
  readonly kind: string;
  readonly id: string;
  readonly region: string;
  readonly name: string;
  /** Id of what it belongs to (subnet -> network, member -> pool…); empty when nothing. */
  readonly parent: string;
  /** When its next change of state is due, in milliseconds of the cloud's clock; undefined when it rests. */
  readonly due: number | undefined;
  /** Order of creation, unique in the store. */
  readonly serial: number;
  readonly body: Body;
}

export type NewRecord<Body> = Omit<StoredRecord<Body>, "serial">;

export interface RecordFilter {
  readonly region?: string | undefined;
  readonly name?: string | undefined;
  readonly parent?: string | undefined;
}

const schema = `
  CREATE TABLE IF NOT EXISTS record (
    serial INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL, id TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, parent TEXT NOT NULL,
    due REAL, body TEXT NOT NULL,
    UNIQUE (kind, id)
  );
  CREATE INDEX IF NOT EXISTS record_name ON record (kind, name);
  CREATE INDEX IF NOT EXISTS record_parent ON record (kind, parent, name);
  CREATE INDEX IF NOT EXISTS record_region ON record (kind, region);
  CREATE INDEX IF NOT EXISTS record_due ON record (due) WHERE due IS NOT NULL;
  CREATE TABLE IF NOT EXISTS address (
    subnet TEXT NOT NULL, address INTEGER NOT NULL, owner TEXT NOT NULL,
    PRIMARY KEY (subnet, address)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS address_owner ON address (owner);
  CREATE TABLE IF NOT EXISTS counter (key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS fault (id INTEGER PRIMARY KEY AUTOINCREMENT, remaining INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL, door TEXT NOT NULL, service TEXT NOT NULL, operation TEXT NOT NULL,
    type TEXT, name TEXT, id TEXT, outcome TEXT NOT NULL, duration REAL
  );
`;

interface Row {
  readonly serial: number;
  readonly kind: string;
  readonly id: string;
  readonly region: string;
  readonly name: string;
  readonly parent: string;
  readonly due: number | null;
  readonly body: string;
}

/**
 * The local cloud's records: one SQLite file, and a copy in memory that every read is answered from. One process writes the file (see
 * folder-claim.ts); should another connection write it, the copy is read again. WAL with `synchronous = NORMAL`: a commit needs no disk flush, and what is committed
 * survives the death of the process at any moment (not a power cut, which a local cloud need not survive).
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  /** Kind -> id -> record. */
  readonly #records = new Map<string, Map<string, StoredRecord<unknown>>>();
  /** The records with a deadline. */
  readonly #due = new Map<number, StoredRecord<unknown>>();
  readonly #settings = new Map<string, string>();
  /** Undoes the changes of the open transaction in memory, newest last. */
  readonly #undo: (() => void)[] = [];
  #handled: ReadonlySet<string> = new Set();
  #depth = 0;
  #generation = 0;
  /** SQLite's number of the last commit of another connection that the copy includes. */
  #version: unknown;

  /** Another process can open the same file. */
  readonly #isShared: boolean;

  /** @param path the file, made when missing; `:memory:` keeps nothing. */
  constructor(path: string) {
    this.#isShared = path !== ":memory:";
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
    );
    this.#database.exec(schema);
    this.#version = this.#dataVersion();
    this.#load();
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }

  /** Changes with every change of a record or a setting: what was computed from them is valid until then. */
  get generation(): number {
    this.#follow();
    return this.#generation;
  }

  /** Prepared once, kept: most of a small creation's cost would otherwise be parsing SQL. */
  prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** All of `work` or nothing of it. Calls may nest: the outermost one decides. */
  transaction<T>(work: () => T): T {
    if (this.#depth > 0) {
      return work();
    }
    this.prepare("BEGIN IMMEDIATE").run();
    this.#follow();
    this.#depth += 1;
    try {
      const result = work();
      this.prepare("COMMIT").run();
      return result;
    } catch (error) {
      this.prepare("ROLLBACK").run();
      for (const undo of this.#undo.toReversed()) undo();
      throw error;
    } finally {
      this.#undo.length = 0;
      this.#depth -= 1;
    }
  }

  insert<Body>(record: NewRecord<Body>): StoredRecord<Body> {
    const body = JSON.stringify(record.body);
    const { lastInsertRowid } = this.prepare(
      "INSERT INTO record (kind, id, region, name, parent, due, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(record.kind, record.id, record.region, record.name, record.parent, record.due ?? null, body);
    const stored = { ...record, serial: Number(lastInsertRowid) };
    this.#change(record.kind, record.id, { ...stored, body: parseBody(body) });
    return stored;
  }

  update<Body>(record: StoredRecord<Body>): void {
    const known = this.#records.get(record.kind)?.get(record.id);
    if (known?.serial !== record.serial) return;
    const body = JSON.stringify(record.body);
    this.prepare("UPDATE record SET name = ?, parent = ?, due = ?, body = ? WHERE serial = ?").run(
      record.name,
      record.parent,
      record.due ?? null,
      body,
      record.serial,
    );
    this.#change(record.kind, record.id, { ...record, region: known.region, body: parseBody(body) });
  }

  remove(kind: string, id: string): void {
    this.prepare("DELETE FROM record WHERE kind = ? AND id = ?").run(kind, id);
    this.#change(kind, id, undefined);
  }

  get<Body>(kind: string, id: string): StoredRecord<Body> | undefined {
    this.#follow();
    return this.#records.get(kind)?.get(id) as StoredRecord<Body> | undefined;
  }

  /** In the order of their creation. */
  list<Body>(kind: string, { parent, name, region }: RecordFilter = {}): StoredRecord<Body>[] {
    this.#follow();
    const found: StoredRecord<unknown>[] = [];
    for (const record of this.#records.get(kind)?.values() ?? []) {
      if (parent !== undefined && record.parent !== parent) continue;
      if (name !== undefined && record.name !== name) continue;
      if (region !== undefined && record.region !== region) continue;
      found.push(record);
    }
    return found.sort((left, right) => left.serial - right.serial) as StoredRecord<Body>[];
  }

  count(kind: string, region: string): number {
    let count = 0;
    for (const record of this.#records.get(kind)?.values() ?? []) if (record.region === region) count += 1;
    return count;
  }

  /** Limits `firstDue` and `nextDue` to these kinds. Default: none. */
  handleDeadlinesOf(kinds: Iterable<string>): void {
    this.#handled = new Set(kinds);
  }

  /** The record with the earliest deadline that is not after `now`. */
  firstDue(now: number): StoredRecord<unknown> | undefined {
    const first = this.#earliest();
    return first?.due !== undefined && first.due <= now ? first : undefined;
  }

  /** The earliest deadline, in milliseconds of the cloud's clock. */
  nextDue(): number | undefined {
    return this.#earliest()?.due;
  }

  #earliest(): StoredRecord<unknown> | undefined {
    let first: StoredRecord<unknown> | undefined;
    for (const record of this.#due.values()) {
      if (this.#handled.has(record.kind) && (first === undefined || isEarlier(record, first))) first = record;
    }
    return first;
  }

  /** 1 the first time, then 2, 3…; never the same number twice for one key. */
  increment(key: string): number {
    const row = this.prepare(
      "INSERT INTO counter (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value",
    ).get(key);
    return Number(row?.value);
  }

  setting(key: string): string | undefined {
    this.#follow();
    return this.#settings.get(key);
  }

  setSetting(key: string, value: string | undefined): void {
    if (value === undefined) {
      this.prepare("DELETE FROM setting WHERE key = ?").run(key);
    } else {
      this.prepare(
        "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
      ).run(key, value);
    }
    const before = this.#settings.get(key);
    this.#apply(
      () => this.#keepSetting(key, value),
      () => this.#keepSetting(key, before),
    );
  }

  /** Forgets everything: records, addresses, counters, settings, faults, journal. */
  clear(): void {
    this.transaction(() => {
      for (const kind of [...this.#records.keys()]) {
        for (const { id } of this.list(kind)) this.#change(kind, id, undefined);
      }
      for (const key of [...this.#settings.keys()]) this.setSetting(key, undefined);
      for (const table of ["record", "address", "counter", "setting", "fault", "journal"]) {
        this.prepare(`DELETE FROM ${table}`).run();
      }
    });
  }

  /** Reads everything again when another connection has written the file, as somebody does who edits it by hand. */
  #follow(): void {
    // Within a transaction nobody else writes.
    if (this.#depth > 0 || !this.#isShared) return;
    const version = this.#dataVersion();
    if (version === this.#version) return;
    this.#version = version;
    this.#records.clear();
    this.#due.clear();
    this.#settings.clear();
    this.#load();
    this.#generation += 1;
  }

  #load(): void {
    for (const row of this.prepare("SELECT * FROM record ORDER BY serial").all()) this.#put(parse(row));
    for (const { key, value } of this.prepare("SELECT key, value FROM setting").all()) {
      this.#settings.set(String(key), String(value));
    }
  }

  /** Changes when another connection commits. Source: SQLite, PRAGMA data_version. */
  #dataVersion(): unknown {
    return this.prepare("PRAGMA data_version").get()?.data_version;
  }

  /** Puts a record into memory, or takes it out; a rollback restores what was there. */
  #change(kind: string, id: string, record: StoredRecord<unknown> | undefined): void {
    const before = this.#records.get(kind)?.get(id);
    this.#apply(
      () => this.#replace(before, record),
      () => this.#replace(record, before),
    );
  }

  #apply(change: () => void, undo: () => void): void {
    change();
    this.#generation += 1;
    if (this.#depth > 0) {
      this.#undo.push(() => {
        undo();
        this.#generation += 1;
      });
    }
  }

  #replace(old: StoredRecord<unknown> | undefined, record: StoredRecord<unknown> | undefined): void {
    if (old !== undefined) this.#due.delete(old.serial);
    if (record !== undefined) this.#put(record);
    else if (old !== undefined) this.#records.get(old.kind)?.delete(old.id);
  }

  #put(record: StoredRecord<unknown>): void {
    let ofKind = this.#records.get(record.kind);
    if (ofKind === undefined) {
      ofKind = new Map();
      this.#records.set(record.kind, ofKind);
    }
    ofKind.set(record.id, record);
    if (record.due !== undefined) this.#due.set(record.serial, record);
  }

  #keepSetting(key: string, value: string | undefined): void {
    if (value === undefined) this.#settings.delete(key);
    else this.#settings.set(key, value);
  }
}

function isEarlier(left: StoredRecord<unknown>, right: StoredRecord<unknown>): boolean {
  const difference = (left.due ?? 0) - (right.due ?? 0);
  return difference === 0 ? left.serial < right.serial : difference < 0;
}

function parse(raw: unknown): StoredRecord<unknown> {
  const row = raw as Row;
  return {
    kind: row.kind,
    id: row.id,
    region: row.region,
    name: row.name,
    parent: row.parent,
    due: row.due ?? undefined,
    serial: row.serial,
    body: parseBody(row.body),
  };
}

/** Frozen, because all readers share it. */
function parseBody(text: string): unknown {
  return frozen(JSON.parse(text));
}

function frozen(value: unknown): unknown {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}

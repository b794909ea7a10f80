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
 * The local cloud's memory: one SQLite file. WAL with `synchronous = NORMAL`: a commit costs no disk flush, and what is
 * committed survives the death of the process at any moment (not a power cut, which a local cloud need not survive).
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  #depth = 0;
  /** JSON list of kinds. */
  #handled = "[]";

  /** @param path the file, made when missing; `:memory:` keeps nothing. */
  constructor(path: string) {
    this.#database = new DatabaseSync(path);
    this.#database.exec(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000; PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY;",
    );
    this.#database.exec(schema);
  }

  close(): void {
    this.#statements.clear();
    if (this.#database.isOpen) {
      this.#database.close();
    }
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
    this.#depth += 1;
    try {
      const result = work();
      this.prepare("COMMIT").run();
      return result;
    } catch (error) {
      this.prepare("ROLLBACK").run();
      throw error;
    } finally {
      this.#depth -= 1;
    }
  }

  insert<Body>(record: NewRecord<Body>): StoredRecord<Body> {
    const { lastInsertRowid } = this.prepare(
      "INSERT INTO record (kind, id, region, name, parent, due, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(
      record.kind,
      record.id,
      record.region,
      record.name,
      record.parent,
      record.due ?? null,
      JSON.stringify(record.body),
    );
    return { ...record, serial: Number(lastInsertRowid) };
  }

  update<Body>(record: StoredRecord<Body>): void {
    this.prepare("UPDATE record SET name = ?, parent = ?, due = ?, body = ? WHERE serial = ?").run(
      record.name,
      record.parent,
      record.due ?? null,
      JSON.stringify(record.body),
      record.serial,
    );
  }

  remove(kind: string, id: string): void {
    this.prepare("DELETE FROM record WHERE kind = ? AND id = ?").run(kind, id);
  }

  get<Body>(kind: string, id: string): StoredRecord<Body> | undefined {
    const row = this.prepare("SELECT * FROM record WHERE kind = ? AND id = ?").get(kind, id);
    return row === undefined ? undefined : parse<Body>(row);
  }

  /** In the order of their creation. */
  list<Body>(kind: string, filter: RecordFilter = {}): StoredRecord<Body>[] {
    let sql = "SELECT * FROM record WHERE kind = ?";
    const values: string[] = [kind];
    for (const column of ["parent", "name", "region"] as const) {
      const value = filter[column];
      if (value !== undefined) {
        sql += ` AND ${column} = ?`;
        values.push(value);
      }
    }
    return this.prepare(`${sql} ORDER BY serial`)
      .all(...values)
      .map((row) => parse<Body>(row));
  }

  count(kind: string, region: string): number {
    const row = this.prepare("SELECT count(*) AS n FROM record WHERE kind = ? AND region = ?").get(kind, region);
    return Number(row?.n ?? 0);
  }

  /** Limits `firstDue` and `nextDue` to these kinds. Default: none. */
  handleDeadlinesOf(kinds: Iterable<string>): void {
    this.#handled = JSON.stringify([...kinds]);
  }

  /** The record with the earliest deadline that is not after `now`. */
  firstDue(now: number): StoredRecord<unknown> | undefined {
    const row = this.prepare(
      "SELECT * FROM record WHERE due <= ? AND kind IN (SELECT value FROM json_each(?)) ORDER BY due, serial LIMIT 1",
    ).get(now, this.#handled);
    return row === undefined ? undefined : parse<unknown>(row);
  }

  /** The earliest deadline, in milliseconds of the cloud's clock. */
  nextDue(): number | undefined {
    const row = this.prepare(
      "SELECT min(due) AS due FROM record WHERE due IS NOT NULL AND kind IN (SELECT value FROM json_each(?))",
    ).get(this.#handled);
    const due = row?.due;
    return typeof due === "number" ? due : undefined;
  }

  /** 1 the first time, then 2, 3…; never the same number twice for one key. */
  increment(key: string): number {
    const row = this.prepare(
      "INSERT INTO counter (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = value + 1 RETURNING value",
    ).get(key);
    return Number(row?.value);
  }

  setting(key: string): string | undefined {
    const value = this.prepare("SELECT value FROM setting WHERE key = ?").get(key)?.value;
    return typeof value === "string" ? value : undefined;
  }

  setSetting(key: string, value: string | undefined): void {
    if (value === undefined) {
      this.prepare("DELETE FROM setting WHERE key = ?").run(key);
      return;
    }
    this.prepare(
      "INSERT INTO setting (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    ).run(key, value);
  }

  /** Forgets everything: records, addresses, counters, settings, faults, journal. */
  clear(): void {
    this.transaction(() => {
      for (const table of ["record", "address", "counter", "setting", "fault", "journal"]) {
        this.prepare(`DELETE FROM ${table}`).run();
      }
    });
  }
}

function parse<Body>(raw: unknown): StoredRecord<Body> {
  const row = raw as Row;
  return {
    kind: row.kind,
    id: row.id,
    region: row.region,
    name: row.name,
    parent: row.parent,
    due: row.due ?? undefined,
    serial: row.serial,
    body: JSON.parse(row.body) as Body,
  };
}

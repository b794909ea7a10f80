import type { CloudError } from "./cloud-error.ts";
import type { CloudContext } from "./context.ts";
import type { NewRecord, RecordFilter, StoredRecord } from "./store.ts";

/** The records of one kind, with the errors of the service that has them. */
export class Records<Body> {
  readonly #context: CloudContext;
  readonly kind: string;
  readonly #notFound: (id: string) => CloudError;

  constructor(context: CloudContext, kind: string, notFound: (id: string) => CloudError) {
    this.#context = context;
    this.kind = kind;
    this.#notFound = notFound;
  }

  find(id: string): StoredRecord<Body> | undefined {
    return this.#context.store.get<Body>(this.kind, id);
  }

  /** Throws the service's 404, or 503 when its region is lost. */
  require(id: string): StoredRecord<Body> {
    const record = this.find(id);
    if (record === undefined) {
      throw this.#notFound(id);
    }
    this.#context.requireRegion(record.region);
    return record;
  }

  /** Without those of a lost region; asking for a lost region throws 503. */
  list(filter: RecordFilter = {}): StoredRecord<Body>[] {
    if (filter.region !== undefined) {
      this.#context.requireRegion(filter.region);
    }
    const lost = this.#context.faults.lostRegions().length > 0;
    const records = this.#context.store.list<Body>(this.kind, filter);
    return lost ? records.filter(({ region }) => !this.#context.faults.isLost(region)) : records;
  }

  count(region: string): number {
    return this.#context.store.count(this.kind, region);
  }

  insert(
    record: Pick<NewRecord<Body>, "id" | "region" | "name" | "body"> & {
      readonly parent?: string | undefined;
      readonly due?: number | undefined;
    },
  ): StoredRecord<Body> {
    return this.#context.store.insert({
      kind: this.kind,
      id: record.id,
      region: record.region,
      name: record.name,
      parent: record.parent ?? "",
      due: record.due,
      body: record.body,
    });
  }

  /** @returns the record as it is now. */
  save(record: StoredRecord<Body>): StoredRecord<Body> {
    this.#context.store.update(record);
    return record;
  }

  /** Changes the body only. */
  change(record: StoredRecord<Body>, body: Partial<Body>): StoredRecord<Body> {
    return this.save({ ...record, body: { ...record.body, ...body } });
  }

  remove(id: string): void {
    this.#context.store.remove(this.kind, id);
  }
}

/** The arguments that were given: a missing one leaves what is there. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

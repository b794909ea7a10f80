export interface ZoneRecordView {
  readonly id: number;
  readonly zone: string;
  /** Name below the zone; empty for the zone itself. */
  readonly subDomain: string;
  /** Such as `A` or `TXT`. */
  readonly fieldType: string;
  readonly target: string;
  /** Seconds; 0: the zone's default. */
  readonly ttl: number;
}

export interface RecordFilter {
  readonly fieldType?: string | undefined;
  readonly subDomain?: string | undefined;
}

export interface DnsAnswer {
  readonly type: string;
  /** Full name. */
  readonly name: string;
  readonly ttl: number;
  readonly target: string;
}

export interface OvhZonesApi {
  /** @throws CloudError 404 for a zone that the account does not have */
  requireZone(zone: string): void;
  /** Seconds that records without a TTL of their own live: 3600, until it is changed. */
  defaultTtl(zone: string): number;
  setDefaultTtl(zone: string, seconds: number): void;
  /** When its records were published last, ISO 8601; 1970 when never. */
  publishedAt(zone: string): string;
  list(zone: string, filter?: RecordFilter): readonly ZoneRecordView[];
  get(zone: string, id: number): ZoneRecordView;
  create(record: Omit<ZoneRecordView, "id">): ZoneRecordView;
  update(zone: string, id: number, changes: Partial<Pick<ZoneRecordView, "subDomain" | "target" | "ttl">>): void;
  remove(zone: string, id: number): void;
  /** Publishes the records: until then the name servers answer with the ones before. */
  refresh(zone: string): void;
  /** Answers of the name servers; undefined when the name is in no zone of the account, `exists` false for NXDOMAIN. */
  resolve(name: string, type: string): { readonly exists: boolean; readonly answers: readonly DnsAnswer[] } | undefined;
}

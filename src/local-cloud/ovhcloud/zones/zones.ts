import { quotedText } from "../../../domain/dns-text.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { DnsAnswer, OvhZonesApi, RecordFilter, ZoneRecordView } from "./types.ts";

type RecordBody = Omit<ZoneRecordView, "id" | "zone">;

/** What the name servers of a zone answer with. */
interface PublishedBody {
  readonly records: readonly RecordBody[];
  /** Absent in what an earlier version published. */
  readonly at?: string | undefined;
}

const fieldTypes: ReadonlySet<string> = new Set([
  ...[
    "A",
    "AAAA",
    "CAA",
    "CNAME",
    "DKIM",
    "DMARC",
    "LOC",
    "MX",
    "NAPTR",
    "NS",
    "PTR",
    "SPF",
    "SRV",
    "SSHFP",
    "TLSA",
    "TXT",
  ],
]);

/** Field types of OVHcloud that are TXT records in the DNS. */
const textTypes: ReadonlySet<string> = new Set(["DKIM", "DMARC", "SPF", "TXT"]);

/** Of a zone whose start of authority was not changed. */
const usualTtl = 3600;

/** A shorter TTL is kept as this one. Source: terraform-provider-ovh, pull request 397. */
const shortestTtl = 60;

/** DNS zones of the account; see BEHAVIOUR.md. */
export class OvhZones implements OvhZonesApi {
  readonly #context: CloudContext;
  readonly #records: Records<RecordBody>;
  readonly #published: Records<PublishedBody>;
  /** Starts of authority that were changed. */
  readonly #authorities: Records<{ readonly ttl: number }>;

  constructor(context: CloudContext) {
    this.#context = context;
    const missing = () => new CloudError(404, "Client::NotFound", "The requested object does not exist");
    this.#records = new Records(context, "zone-record", missing);
    this.#published = new Records(context, "zone", missing);
    this.#authorities = new Records(context, "zone-authority", missing);
  }

  requireZone(zone: string): void {
    if (isZone(zone)) return;
    throw new CloudError(404, "Client::NotFound", "This service does not exist");
  }

  defaultTtl(zone: string): number {
    this.requireZone(zone);
    return this.#context.read(() => this.#authorities.find(zone)?.body.ttl ?? usualTtl);
  }

  setDefaultTtl(zone: string, seconds: number): void {
    this.requireZone(zone);
    this.#context.write(() => {
      const known = this.#authorities.find(zone);
      const body = { ttl: seconds };
      if (known === undefined) this.#authorities.insert({ id: zone, region: "", name: zone, body });
      else this.#authorities.save({ ...known, body });
    });
  }

  publishedAt(zone: string): string {
    this.requireZone(zone);
    return this.#context.read(() => this.#published.find(zone)?.body.at ?? this.#context.clock.iso(0));
  }

  list(zone: string, { fieldType, subDomain }: RecordFilter = {}): readonly ZoneRecordView[] {
    this.requireZone(zone);
    return this.#context
      .read(() => this.#records.list({ parent: zone }).map(view))
      .filter(
        (record) =>
          (fieldType === undefined || record.fieldType === fieldType) &&
          (subDomain === undefined || record.subDomain === subDomain),
      );
  }

  get(zone: string, id: number): ZoneRecordView {
    this.requireZone(zone);
    return this.#context.read(() => view(this.#require(zone, id)));
  }

  create({ zone, ...given }: Omit<ZoneRecordView, "id">): ZoneRecordView {
    this.requireZone(zone);
    const body = { ...given, target: storedTarget(given), ttl: this.#storedTtl(zone, given.ttl) };
    return this.#context.write(() => {
      this.#check(zone, body);
      const id = String(5_000_000_000 + this.#context.store.increment("zone-record-id"));
      return view(this.#records.insert({ id, region: "", name: body.subDomain, parent: zone, body }));
    });
  }

  update(zone: string, id: number, changes: Partial<Pick<ZoneRecordView, "subDomain" | "target" | "ttl">>): void {
    this.requireZone(zone);
    this.#context.write(() => {
      const record = this.#require(zone, id);
      const merged = { ...record.body, ...changes };
      const body = { ...merged, target: storedTarget(merged), ttl: this.#storedTtl(zone, merged.ttl) };
      this.#check(zone, body, id);
      this.#records.save({ ...record, name: body.subDomain, body });
    });
  }

  remove(zone: string, id: number): void {
    this.requireZone(zone);
    this.#context.write(() => this.#records.remove(this.#require(zone, id).id));
  }

  refresh(zone: string): void {
    this.requireZone(zone);
    this.#context.write(() => {
      const records = this.#records.list({ parent: zone }).map((record) => record.body);
      const body = { records, at: this.#context.clock.iso() };
      const known = this.#published.find(zone);
      if (known === undefined) this.#published.insert({ id: zone, region: "", name: zone, body });
      else this.#published.save({ ...known, body });
    });
  }

  resolve(
    name: string,
    type: string,
  ): { readonly exists: boolean; readonly answers: readonly DnsAnswer[] } | undefined {
    const wanted = name.toLowerCase().replace(/\.$/, "");
    const zone = wanted.split(".").slice(-2).join(".");
    if (!isZone(zone)) return undefined;
    const published = this.#context.read(() => this.#published.find(zone));
    const all = (published?.body.records ?? []).map((record) => ({
      type: textTypes.has(record.fieldType) ? "TXT" : record.fieldType,
      name: record.subDomain === "" ? zone : `${record.subDomain}.${zone}`,
      ttl: record.ttl === 0 ? this.defaultTtl(zone) : record.ttl,
      target: record.target,
    }));
    const own = all.filter((record) => record.name === wanted);
    // A name above another one exists, so that a wildcard does not answer for it. Source: RFC 4592, 2.2.2.
    const exists = own.length > 0 || wanted === zone || all.some((record) => record.name.endsWith(`.${wanted}`));
    const covering = exists ? own : all.filter((record) => record.name === `*.${wanted.split(".").slice(1).join(".")}`);
    const matching = covering.filter((record) => record.type === type || record.type === "CNAME");
    return {
      exists: exists || covering.length > 0,
      answers: matching.map((record) => ({ ...record, name: wanted })),
    };
  }

  /** The zone's default is kept as 0. Source: terraform-provider-ovh, issue 666. */
  #storedTtl(zone: string, ttl: number): number {
    const kept = ttl === 0 ? 0 : Math.max(ttl, shortestTtl);
    return kept === this.defaultTtl(zone) ? 0 : kept;
  }

  #require(zone: string, id: number): StoredRecord<RecordBody> {
    const record = this.#records.require(String(id));
    if (record.parent !== zone) throw new CloudError(404, "Client::NotFound", "The requested object does not exist");
    return record;
  }

  /** A CNAME stands alone; everything else may have several targets. Source: RFC 1034, 3.6.2. */
  #check(zone: string, { subDomain, fieldType, target }: RecordBody, self?: number): void {
    if (!fieldTypes.has(fieldType)) {
      throw new CloudError(
        400,
        "Client::BadRequest",
        `[fieldType] Given data (${fieldType}) does not belong to the NamedResolutionFieldTypeEnum enumeration`,
      );
    }
    if (target === "" || (fieldType === "A" && !/^\d{1,3}(\.\d{1,3}){3}$/.test(target))) {
      throw new CloudError(400, "Client::BadRequest", `Invalid subfield target '${target}' for field ${fieldType}`);
    }
    const others = this.#records
      .list({ parent: zone })
      .filter(({ id, body }) => body.subDomain === subDomain && id !== String(self));
    if (others.some(({ body }) => (body.fieldType === "CNAME") !== (fieldType === "CNAME") || fieldType === "CNAME")) {
      throw new CloudError(409, "Client::Conflict", `A CNAME record cannot be beside another record of ${subDomain}`);
    }
  }
}

/** The API puts texts into quotation marks, in pieces of 255 characters. Source: ovh/terraform-provider-ovh issues 1193 and 1225. */
function storedTarget({ fieldType, target }: Pick<RecordBody, "fieldType" | "target">): string {
  return fieldType === "TXT" && target !== "" ? quotedText(target) : target;
}

function isZone(name: string): boolean {
  return /^[a-z0-9-]+\.[a-z]{2,63}$/.test(name);
}

function view({ id, parent, body }: StoredRecord<RecordBody>): ZoneRecordView {
  return { id: Number(id), zone: parent, ...body };
}

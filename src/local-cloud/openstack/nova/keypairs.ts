import { createHash } from "node:crypto";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { quotaOf } from "../quotas.ts";
import type { KeypairBody, NovaRecords } from "./server-records.ts";
import type { KeypairsApi, KeypairView } from "./types.ts";

const longestName = 255;

export class Keypairs implements KeypairsApi {
  readonly #context: CloudContext;
  readonly #records: NovaRecords;

  constructor(context: CloudContext, records: NovaRecords) {
    this.#context = context;
    this.#records = records;
  }

  create(args: { region?: string | undefined; name: string; publicKey: string }): KeypairView {
    const region = this.#region(args.region);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      const id = `${region}/${args.name}`;
      if (args.name.length > longestName) {
        throw new CloudError(
          400,
          "badRequest",
          `Keypair data is invalid: name has more than ${longestName} characters.`,
        );
      }
      if (this.#records.keypairs.count(region) >= quotaOf(this.#context, region, "keypairs")) {
        throw new CloudError(403, "forbidden", "Quota exceeded, too many key pairs.");
      }
      const fingerprint = fingerprintOf(args.publicKey);
      if (this.#records.keypairs.find(id) !== undefined) {
        throw new CloudError(409, "conflictingRequest", `Key pair '${args.name}' already exists.`);
      }
      return view(
        this.#records.keypairs.insert({
          id,
          region,
          name: args.name,
          body: { publicKey: args.publicKey, fingerprint },
        }),
      );
    });
  }

  get(name: string, region?: string): KeypairView {
    return this.#context.read(() => view(this.#records.keypairs.require(`${this.#region(region)}/${name}`)));
  }

  list(filter: { region?: string | undefined } = {}): KeypairView[] {
    return this.#context.read(() => this.#records.keypairs.list(filter).map(view));
  }

  delete(name: string, region?: string): void {
    this.#context.write(() => {
      const { id } = this.#records.keypairs.require(`${this.#region(region)}/${name}`);
      this.#records.keypairs.remove(id);
    });
  }

  #region(region: string | undefined): string {
    return requireRegion(region ?? defaultComputeRegion, computeRegions);
  }
}

function fingerprintOf(publicKey: string): string {
  const blob = publicKey.trim().split(/\s+/)[1];
  if (blob === undefined || !/^[A-Za-z0-9+/]+=*$/.test(blob) || !isWhole(Buffer.from(blob, "base64"))) {
    throw new CloudError(400, "badRequest", "Keypair data is invalid: failed to generate fingerprint");
  }
  const digest = createHash("md5").update(Buffer.from(blob, "base64")).digest("hex");
  return (digest.match(/../g) ?? []).join(":");
}

/** A public key is a row of fields, each with its length before it, the first the name of its algorithm. */
function isWhole(blob: Buffer): boolean {
  let at = 0;
  while (at + 4 <= blob.length) at += 4 + blob.readUInt32BE(at);
  return at > 0 && at === blob.length;
}

function view(record: StoredRecord<KeypairBody>): KeypairView {
  return {
    name: record.name,
    region: record.region,
    publicKey: record.body.publicKey,
    fingerprint: record.body.fingerprint,
    userId: "",
  };
}

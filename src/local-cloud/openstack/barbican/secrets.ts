import { CloudError } from "../../kernel/cloud-error.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { CreateSecretArgs, SecretsApi, SecretView, StorePayloadArgs } from "./types.ts";

/** Bytes of a payload, at most: Barbican's default. */
const largestPayload = 20_000;
const longestName = 255;
const mostBits = 32_767;

interface SecretBody extends Omit<SecretView, "id" | "name" | "region" | "secretRef"> {
  /** Base64. */
  readonly payload: string | undefined;
}

/** OpenStack's key manager; see BEHAVIOUR.md. */
export class Secrets implements SecretsApi {
  readonly #context: CloudContext;
  readonly #records: Records<SecretBody>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#records = new Records(context, "secret", () => new CloudError(404, "Not Found", "Secret not found."));
  }

  create(args: CreateSecretArgs): SecretView {
    const region = requireRegion(args.region ?? defaultComputeRegion, computeRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      this.#requireSound(args);
      const payload = args.payload === undefined ? undefined : decode(args.payload, args);
      const now = this.#context.clock.iso();
      const name = args.name ?? "";
      return view(
        this.#records.insert({
          id: this.#context.uuid("secret", region, name),
          region,
          name,
          body: {
            secretType: args.secretType ?? "opaque",
            algorithm: args.algorithm,
            bitLength: args.bitLength,
            mode: args.mode,
            expiration: args.expiration,
            status: "ACTIVE",
            payloadContentType: args.payloadContentType,
            metadata: { ...args.metadata },
            creatorId: fixedUuid("local-operator").replaceAll("-", ""),
            createdAt: now,
            updatedAt: now,
            payload: payload?.toString("base64"),
          },
        }),
      );
    });
  }

  /** Source: Barbican, common/validators.py. */
  #requireSound({ name = "", bitLength = 1, expiration, payload }: CreateSecretArgs): void {
    const refuse = (property: string, reason: string) => {
      throw new CloudError(
        400,
        "Bad Request",
        `Provided object does not match schema 'Secret': ${reason}. Invalid property: '${property}'`,
      );
    };
    if (name.length > longestName) refuse("name", "it is too long");
    if (bitLength < 1 || bitLength > mostBits) refuse("bit_length", `${bitLength} is not between 1 and ${mostBits}`);
    if (payload?.trim() === "") refuse("payload", "If 'payload' specified, must be non empty");
    if (expiration === undefined) return;
    const end = Date.parse(expiration);
    if (Number.isNaN(end)) refuse("expiration", "Invalid date for 'expiration'");
    if (end <= this.#context.clock.now()) refuse("expiration", "'expiration' is before current time");
  }

  get(idOrRef: string): SecretView {
    return this.#context.read(() => view(this.#records.require(idOf(idOrRef))));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): SecretView[] {
    return this.#context.read(() => this.#records.list(filter).map(view));
  }

  payload(idOrRef: string): Uint8Array {
    return this.#context.read(() => {
      const { payload } = this.#records.require(idOf(idOrRef)).body;
      if (payload === undefined) {
        throw new CloudError(404, "Not Found", "Not Found. Sorry but your secret has no payload.");
      }
      return Buffer.from(payload, "base64");
    });
  }

  /** Gives a secret that has none its payload. Source: Barbican, `on_put` of api/controllers/secrets.py. */
  storePayload(idOrRef: string, args: StorePayloadArgs): SecretView {
    return this.#context.write(() => {
      const { payload, payloadContentType } = args;
      if (payloadContentType === undefined) {
        throw new CloudError(415, "Unsupported Media Type", "Content-Type of '' is not supported for PUT.");
      }
      if (payload.trim() === "") throw new CloudError(400, "Bad Request", "No data supplied to process.");
      const record = this.#records.require(idOf(idOrRef));
      const bytes = bytesOf(payload, args.payloadContentEncoding === "base64");
      return view(this.#records.change(record, { payloadContentType, payload: bytes.toString("base64") }));
    });
  }

  delete(idOrRef: string): void {
    this.#context.write(() => {
      this.#records.remove(this.#records.require(idOf(idOrRef)).id);
    });
  }
}

function decode(payload: string, args: CreateSecretArgs): Buffer {
  if (args.payloadContentType === undefined) {
    throw new CloudError(
      400,
      "Bad Request",
      "Provided object does not match schema 'Secret': payload_content_type must be supplied.",
    );
  }
  const encoded = args.payloadContentEncoding === "base64";
  if (args.payloadContentType === "application/octet-stream" && !encoded) {
    throw new CloudError(
      400,
      "Bad Request",
      "Missing Content-Encoding header of value base64 for payload_content_type application/octet-stream.",
    );
  }
  return bytesOf(payload, encoded);
}

function bytesOf(payload: string, encoded: boolean): Buffer {
  if (encoded && !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(payload)) {
    throw new CloudError(400, "Bad Request", "Unable to decode request data from base64.");
  }
  const bytes = Buffer.from(payload, encoded ? "base64" : "utf8");
  if (bytes.length > largestPayload) {
    throw new CloudError(413, "Request Entity Too Large", "Provided information too large to process");
  }
  return bytes;
}

function idOf(idOrRef: string): string {
  return idOrRef.slice(idOrRef.lastIndexOf("/") + 1);
}

function view(record: StoredRecord<SecretBody>): SecretView {
  const { payload: _, ...body } = record.body;
  return {
    id: record.id,
    secretRef: `https://key-manager.${record.region.toLowerCase()}.cloud.ovh.net/v1/secrets/${record.id}`,
    name: record.name,
    region: record.region,
    ...body,
    algorithm: body.algorithm,
    bitLength: body.bitLength,
    mode: body.mode,
    expiration: body.expiration,
    payloadContentType: body.payloadContentType,
  };
}

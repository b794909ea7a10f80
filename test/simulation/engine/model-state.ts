import { createHash } from "node:crypto";
import { isRecord, isSecret, type Values } from "../../../src/local-cloud/provider/wire-values.ts";

/** A resource in the engine's state, in the names of its file. */
export interface ModelResource {
  readonly urn: string;
  readonly custom: boolean;
  readonly type: string;
  readonly id?: string;
  readonly inputs: Values;
  readonly outputs: Values;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly dependencies: readonly string[];
  readonly provider?: string;
  readonly propertyDependencies?: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs?: readonly string[];
  readonly importID?: string;
  /** Deleted before its replacement is made. */
  readonly pendingReplacement?: boolean;
  /** Replaced, and still to be deleted. */
  readonly delete?: boolean;
  /** ISO 8601. */
  readonly created?: string;
  readonly modified?: string;
  /** Reasons of a creation that failed after the cloud had taken it. */
  readonly initErrors?: readonly string[];
}

export interface PendingOperation {
  readonly resource: ModelResource;
  readonly type: "creating" | "updating" | "deleting" | "importing" | "reading";
}

/** A whole state. Its objects are never changed, so that a copy is a reference. */
export interface Snapshot {
  readonly time: string;
  readonly resources: readonly ModelResource[];
  readonly pending: readonly PendingOperation[];
}

/** Encrypts and decrypts like the engine's passphrase: what is in a file is not the secret itself. */
export class SecretBox {
  readonly #plain = new Map<string, unknown>();

  seal(value: unknown): string {
    const text = JSON.stringify(value);
    const ciphertext = createHash("sha256").update(text).digest("base64");
    this.#plain.set(ciphertext, value);
    return ciphertext;
  }

  open(ciphertext: string): unknown {
    if (!this.#plain.has(ciphertext)) throw new Error("cipher: message authentication failed");
    return this.#plain.get(ciphertext);
  }
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The deployment as the engine exports it and writes it into its file. */
export function deploymentOf(
  { time, resources, pending }: Snapshot,
  box: SecretBox,
): Readonly<Record<string, unknown>> {
  if (resources.length === 0 && pending.length === 0) {
    return { manifest: { time, magic: "", version: "" }, secrets_providers: { type: "passphrase" } };
  }
  return {
    manifest: { time, magic: "", version: "" },
    secrets_providers: { type: "passphrase" },
    resources: resources.map((one) => written(one, box)),
    ...(pending.length === 0
      ? {}
      : { pending_operations: pending.map(({ resource, type }) => ({ resource: written(resource, box), type })) }),
  };
}

const writtenResources = new WeakMap<ModelResource, Readonly<Record<string, unknown>>>();

function written(resource: ModelResource, box: SecretBox): Readonly<Record<string, unknown>> {
  const known = writtenResources.get(resource);
  if (known !== undefined) return known;
  const text = { ...resource, inputs: sealed(resource.inputs, box), outputs: sealed(resource.outputs, box) };
  writtenResources.set(resource, text);
  return text;
}

function sealed(value: unknown, box: SecretBox): unknown {
  if (isSecret(value)) return { [signatureKey]: secretSignature, ciphertext: box.seal(value.value) };
  if (Array.isArray(value)) return value.map((one) => sealed(one, box));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sealed(one, box)]));
}

/** Reads a deployment, from a file or from an import. */
export function snapshotOf(deployment: unknown, box: SecretBox): Snapshot {
  const {
    manifest,
    resources,
    pending_operations: pending,
  } = deployment as {
    readonly manifest?: { readonly time?: string };
    readonly resources?: readonly Record<string, unknown>[];
    readonly pending_operations?: readonly { resource: Record<string, unknown>; type: PendingOperation["type"] }[];
  };
  const read = (one: Record<string, unknown>): ModelResource =>
    ({
      dependencies: [],
      ...one,
      inputs: opened(one.inputs ?? {}, box),
      outputs: opened(one.outputs ?? {}, box),
    }) as unknown as ModelResource;
  return {
    time: manifest?.time ?? "",
    resources: (resources ?? []).map(read),
    pending: (pending ?? []).map(({ resource, type }) => ({ resource: read(resource), type })),
  };
}

function opened(value: unknown, box: SecretBox): unknown {
  if (isRecord(value) && value[signatureKey] === secretSignature) {
    if (typeof value.plaintext === "string")
      return { [signatureKey]: secretSignature, value: JSON.parse(value.plaintext) };
    if (typeof value.ciphertext === "string")
      return { [signatureKey]: secretSignature, value: box.open(value.ciphertext) };
    return value;
  }
  if (Array.isArray(value)) return value.map((one) => opened(one, box));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, opened(one, box)]));
}

export function secretValue(value: unknown): unknown {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value };
}

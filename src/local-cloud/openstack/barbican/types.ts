export interface SecretView {
  readonly id: string;
  /** Address of the secret, what a listener refers to. */
  readonly secretRef: string;
  readonly name: string;
  readonly region: string;
  readonly secretType: string;
  readonly algorithm: string | undefined;
  readonly bitLength: number | undefined;
  readonly mode: string | undefined;
  readonly expiration: string | undefined;
  readonly status: "ACTIVE";
  readonly payloadContentType: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly creatorId: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface CreateSecretArgs {
  readonly region?: string | undefined;
  readonly name?: string | undefined;
  /** Never journaled. */
  readonly payload?: string | undefined;
  readonly payloadContentType?: string | undefined;
  /** `base64`, with `application/octet-stream`. */
  readonly payloadContentEncoding?: string | undefined;
  /** Default `opaque`. */
  readonly secretType?: string | undefined;
  readonly algorithm?: string | undefined;
  readonly bitLength?: number | undefined;
  readonly mode?: string | undefined;
  readonly expiration?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

export type StorePayloadArgs = Pick<CreateSecretArgs, "payloadContentType" | "payloadContentEncoding"> & {
  readonly payload: string;
};

export interface SecretsApi {
  create(args: CreateSecretArgs): SecretView;
  /** Gives a secret that has none its payload. */
  storePayload(idOrRef: string, args: StorePayloadArgs): SecretView;
  /** By id or by secretRef. */
  get(idOrRef: string): SecretView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): SecretView[];
  /** The content, decoded when it was sent as base64. */
  payload(idOrRef: string): Uint8Array;
  delete(idOrRef: string): void;
}

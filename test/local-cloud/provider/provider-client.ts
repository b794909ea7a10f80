import { type ClientUnaryCall, credentials, type Metadata, type ServiceError } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import statusProto from "@pulumi/pulumi/proto/status_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";

export type Properties = Readonly<Record<string, unknown>>;

export interface Failure {
  readonly message: string;
  /** Present when the engine would keep the resource. */
  readonly left: { readonly id: string; readonly properties: Properties } | undefined;
}

/** What the engine says to a provider, one method each, with plain objects. */
export class ProviderClient {
  readonly #client: services.ResourceProviderClient;
  readonly #calls = new Set<ClientUnaryCall>();

  constructor(port: number) {
    this.#client = new services.ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  close(): void {
    this.#client.close();
  }

  /** What a provider sees of a caller that was killed; resolves when it has seen it: a connection keeps the order. */
  async hangUp(): Promise<void> {
    for (const call of this.#calls) call.cancel();
    await this.version();
  }

  configure(args: Properties): Promise<provider.ConfigureResponse> {
    return this.#ask("configure", new provider.ConfigureRequest().setArgs(struct(args)).setAcceptsecrets(true));
  }

  async check(type: string, news: Properties, olds: Properties = {}, name = "it") {
    const request = new provider.CheckRequest()
      .setUrn(urn(type, name))
      .setNews(struct(news))
      .setOlds(struct(olds))
      .setRandomseed(new Uint8Array([1, 2, 3]));
    const response = await this.#ask<provider.CheckResponse>("check", request);
    return {
      inputs: plain(response.getInputs()),
      failures: response.getFailuresList().map((failure) => ({
        property: failure.getProperty(),
        reason: failure.getReason(),
      })),
    };
  }

  async diff(
    type: string,
    oldInputs: Properties,
    olds: Properties,
    news: Properties,
    ignored: string[] = [],
    name = "it",
  ) {
    const request = new provider.DiffRequest()
      .setUrn(urn(type, name))
      .setOldInputs(struct(oldInputs))
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setIgnorechangesList(ignored);
    const response = await this.#ask<provider.DiffResponse>("diff", request);
    return {
      diffs: response.getDiffsList(),
      replaces: response.getReplacesList(),
      paths: response
        .getDetaileddiffMap()
        .toArray()
        .map(([path]) => path)
        .sort(),
      deleteBeforeReplace: response.getDeletebeforereplace(),
      none: response.getChanges() === provider.DiffResponse.DiffChanges.DIFF_NONE,
    };
  }

  async create(type: string, inputs: Properties, options: { preview?: boolean; name?: string; timeout?: number } = {}) {
    const request = new provider.CreateRequest()
      .setUrn(urn(type, options.name ?? "it"))
      .setProperties(struct(inputs))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeout ?? 0);
    const response = await this.#ask<provider.CreateResponse>("create", request);
    return { id: response.getId(), properties: plain(response.getProperties()) };
  }

  async read(type: string, id: string, known: { inputs?: Properties; properties?: Properties } = {}) {
    const request = new provider.ReadRequest()
      .setUrn(urn(type, "it"))
      .setId(id)
      .setInputs(struct(known.inputs ?? {}))
      .setProperties(struct(known.properties ?? {}));
    const response = await this.#ask<provider.ReadResponse>("read", request);
    return { id: response.getId(), inputs: plain(response.getInputs()), properties: plain(response.getProperties()) };
  }

  async update(
    type: string,
    id: string,
    olds: Properties,
    news: Properties,
    options: { preview?: boolean; timeout?: number } = {},
  ) {
    const request = new provider.UpdateRequest()
      .setUrn(urn(type, "it"))
      .setId(id)
      .setOlds(struct(olds))
      .setNews(struct(news))
      .setPreview(options.preview ?? false)
      .setTimeout(options.timeout ?? 0);
    const response = await this.#ask<provider.UpdateResponse>("update", request);
    return plain(response.getProperties());
  }

  async delete(type: string, id: string, properties: Properties, timeout = 0): Promise<void> {
    const request = new provider.DeleteRequest()
      .setUrn(urn(type, "it"))
      .setId(id)
      .setProperties(struct(properties))
      .setTimeout(timeout);
    await this.#ask("delete", request);
  }

  async invoke(token: string, args: Properties) {
    const request = new provider.InvokeRequest().setTok(token).setArgs(struct(args));
    const response = await this.#ask<provider.InvokeResponse>("invoke", request);
    return {
      result: plain(response.getReturn()),
      failures: response.getFailuresList().map((failure) => failure.getReason()),
    };
  }

  async version(): Promise<string> {
    const { default: empty } = await import("google-protobuf/google/protobuf/empty_pb.js");
    const info = await this.#ask<{ getVersion(): string }>("getPluginInfo", new empty.Empty());
    return info.getVersion();
  }

  #ask<Response>(method: string, request: unknown): Promise<Response> {
    return new Promise((resolve, reject) => {
      const client = this.#client as unknown as Record<
        string,
        (request: unknown, done: (error: ServiceError | null, response: Response) => void) => ClientUnaryCall
      >;
      const call = client[method]?.(request, (error, response) => {
        if (call !== undefined) this.#calls.delete(call);
        if (error === null) resolve(response);
        else reject(failureOf(error));
      });
      if (call !== undefined) this.#calls.add(call);
    });
  }
}

function failureOf(error: ServiceError): Failure & Error {
  return Object.assign(new Error(error.details), { left: leftBehind(error.metadata) });
}

function leftBehind(metadata: Metadata | undefined): Failure["left"] {
  const [packed] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(packed instanceof Buffer)) return undefined;
  const [detail] = statusProto.Status.deserializeBinary(packed).getDetailsList();
  const failed = detail?.unpack(
    provider.ErrorResourceInitFailed.deserializeBinary,
    "pulumirpc.ErrorResourceInitFailed",
  );
  return failed ? { id: failed.getId(), properties: plain(failed.getProperties()) } : undefined;
}

function struct(values: Properties): structProto.Struct {
  return structProto.Struct.fromJavaScript(values as Parameters<typeof structProto.Struct.fromJavaScript>[0]);
}

function plain(values: structProto.Struct | undefined): Properties {
  return values === undefined ? {} : (values.toJavaScript() as Properties);
}

function urn(type: string, name: string): string {
  return `urn:pulumi:prod::lor::${type}::${name}`;
}

export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function secretOf(value: unknown): Properties {
  return { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", value };
}

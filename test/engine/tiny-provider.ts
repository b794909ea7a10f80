import * as grpc from "@grpc/grpc-js";
import plugins from "@pulumi/pulumi/proto/plugin_pb.js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import structs, { type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb.js";

/** Changing it replaces a Thing; every other property is updated in place. */
const replacingInputs = ["zone", "hidden"];

/** The provider takes it and never reads it back; changing it replaces a Thing. */
const writeOnly = "hidden";

type Properties = Record<string, JavaScriptValue>;

export interface Call {
  readonly operation: "create" | "update" | "delete" | "read";
  readonly name: string;
}

/**
 * A provider of `tiny:index:Thing` that keeps its things in memory. A thing says by its inputs how it behaves: `fails` (the message that
 * its creation or update ends with), `waits` (its creation lasts until `release`).
 */
export class TinyProvider {
  /** Every change asked for, in order; previews are no change. */
  readonly calls: Call[] = [];
  /** What exists, by id. */
  readonly things = new Map<string, Properties>();
  readonly #server: grpc.Server;
  readonly #waiting: (() => void)[] = [];
  #onCancel: (() => void) | undefined;
  #onWaiting: (() => void) | undefined;
  #port = 0;
  #next = 1;

  constructor() {
    this.#server = new grpc.Server();
    this.#server.addService(services.ResourceProviderService, this.#implementation());
  }

  static async start(): Promise<TinyProvider> {
    const provider = new TinyProvider();
    provider.#port = await new Promise<number>((resolve, reject) => {
      provider.#server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) =>
        error === null ? resolve(port) : reject(error),
      );
    });
    return provider;
  }

  get port(): number {
    return this.#port;
  }

  stop(): void {
    this.release();
    this.#server.forceShutdown();
  }

  /** Resolves once a creation waits. */
  waits(): Promise<void> {
    return this.#waiting.length > 0
      ? Promise.resolve()
      : new Promise((resolve) => {
          this.#onWaiting = resolve;
        });
  }

  /** Resolves once the engine, asked to stop, has told so. */
  cancelled(): Promise<void> {
    return new Promise((resolve) => {
      this.#onCancel = resolve;
    });
  }

  release(): void {
    for (const go of this.#waiting.splice(0)) {
      go();
    }
  }

  #implementation(): grpc.UntypedServiceImplementation {
    const unary =
      (answer: (request: never) => unknown): grpc.handleUnaryCall<unknown, unknown> =>
      (call, callback) => {
        Promise.resolve()
          .then(() => answer(call.request as never))
          .then(
            (response) => callback(null, response),
            (error: Error) => callback({ code: grpc.status.UNKNOWN, details: error.message }),
          );
      };
    return {
      handshake: unary(() => new messages.ProviderHandshakeResponse()),
      getPluginInfo: unary(() => {
        const info = new plugins.PluginInfo();
        info.setVersion("1.0.0");
        return info;
      }),
      getSchema: unary(() => {
        const response = new messages.GetSchemaResponse();
        response.setSchema("{}");
        return response;
      }),
      checkConfig: unary((request: messages.CheckRequest) => checked(request)),
      diffConfig: unary(() => new messages.DiffResponse()),
      configure: unary(() => {
        const response = new messages.ConfigureResponse();
        response.setAcceptsecrets(false);
        response.setSupportspreview(true);
        return response;
      }),
      check: unary((request: messages.CheckRequest) => checked(request)),
      diff: unary((request: messages.DiffRequest) => difference(request)),
      create: unary((request: messages.CreateRequest) => this.#create(request)),
      read: unary((request: messages.ReadRequest) => this.#read(request)),
      update: unary((request: messages.UpdateRequest) => this.#update(request)),
      delete: unary((request: messages.DeleteRequest) => {
        this.#record("delete", request.getUrn());
        this.things.delete(request.getId());
        return new empty.Empty();
      }),
      cancel: unary(() => {
        this.#onCancel?.();
        return new empty.Empty();
      }),
      attach: unary(() => new empty.Empty()),
    };
  }

  async #create(request: messages.CreateRequest): Promise<messages.CreateResponse> {
    const properties = propertiesOf(request.getProperties());
    const response = new messages.CreateResponse();
    response.setProperties(structs.Struct.fromJavaScript(properties));
    if (request.getPreview()) {
      return response;
    }
    this.#record("create", request.getUrn());
    if (typeof properties.fails === "string") {
      throw new Error(properties.fails);
    }
    if (properties.waits === true) {
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
        this.#onWaiting?.();
      });
    }
    const id = `thing-${this.#next++}`;
    this.things.set(id, properties);
    response.setId(id);
    return response;
  }

  #read(request: messages.ReadRequest): messages.ReadResponse {
    this.#record("read", request.getUrn());
    const response = new messages.ReadResponse();
    const thing = this.things.get(request.getId());
    if (thing !== undefined) {
      const readable = Object.fromEntries(Object.entries(thing).filter(([key]) => key !== writeOnly));
      response.setId(request.getId());
      response.setProperties(structs.Struct.fromJavaScript(readable));
      response.setInputs(structs.Struct.fromJavaScript(readable));
    }
    return response;
  }

  #update(request: messages.UpdateRequest): messages.UpdateResponse {
    const properties = propertiesOf(request.getNews());
    const response = new messages.UpdateResponse();
    response.setProperties(structs.Struct.fromJavaScript(properties));
    if (!request.getPreview()) {
      this.#record("update", request.getUrn());
      if (typeof properties.fails === "string") {
        throw new Error(properties.fails);
      }
      this.things.set(request.getId(), properties);
    }
    return response;
  }

  #record(operation: Call["operation"], urn: string): void {
    this.calls.push({ operation, name: urn.split("::")[3] ?? urn });
  }
}

function checked(request: messages.CheckRequest): messages.CheckResponse {
  const response = new messages.CheckResponse();
  response.setInputs(request.getNews());
  return response;
}

function difference(request: messages.DiffRequest): messages.DiffResponse {
  const before = propertiesOf(request.getOldInputs());
  const after = propertiesOf(request.getNews());
  const ignored = new Set(request.getIgnorechangesList());
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !ignored.has(key) && JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );
  const replacing = changed.filter((key) => replacingInputs.includes(key));
  const response = new messages.DiffResponse();
  response.setChanges(
    changed.length > 0 ? messages.DiffResponse.DiffChanges.DIFF_SOME : messages.DiffResponse.DiffChanges.DIFF_NONE,
  );
  response.setDiffsList(changed);
  response.setReplacesList(replacing);
  response.setHasdetaileddiff(true);
  for (const key of changed) {
    const detail = new messages.PropertyDiff();
    detail.setKind(
      replacing.includes(key) ? messages.PropertyDiff.Kind.UPDATE_REPLACE : messages.PropertyDiff.Kind.UPDATE,
    );
    detail.setInputdiff(true);
    response.getDetaileddiffMap().set(key, detail);
  }
  return response;
}

function propertiesOf(struct: structs.Struct | undefined): Properties {
  return struct?.toJavaScript() ?? {};
}

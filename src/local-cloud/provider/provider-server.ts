import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from "@grpc/grpc-js";
import services from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import provider from "@pulumi/pulumi/proto/provider_pb.js";
import emptyProto from "google-protobuf/google/protobuf/empty_pb.js";
import type { CallScope, ProviderMethods } from "./provider-methods.ts";
import { valuesOf } from "./wire-values.ts";

/** A provider that the engine attaches to. */
export interface ProviderServer {
  readonly port: number;
  close(): void;
}

const maxMessageBytes = 400 * 1024 * 1024;

/** Serves one package on a free port of 127.0.0.1. Each connection is a provider instance of its own and has its own configuration. */
export async function serveProvider(methods: ProviderMethods): Promise<ProviderServer> {
  const connections = new Connections();
  const server = new Server({
    "grpc.max_receive_message_length": maxMessageBytes,
    "grpc.max_send_message_length": maxMessageBytes,
  });
  server.addService(services.ResourceProviderService, {
    ...Object.fromEntries(
      Object.keys(services.ResourceProviderService).map((method) => [method, unimplemented(method)]),
    ),
    handshake: answer(() => new provider.ProviderHandshakeResponse().setAcceptSecrets(true)),
    getPluginInfo: answer(() => methods.pluginInfo()),
    getSchema: answer(() => new provider.GetSchemaResponse().setSchema("{}")),
    checkConfig: answer((call: Call<provider.CheckRequest>) =>
      new provider.CheckResponse().setInputs(call.request.getNews()),
    ),
    diffConfig: answer(() => new provider.DiffResponse()),
    configure: answer((call: Call<provider.ConfigureRequest>) => {
      const { region } = valuesOf(call.request.getArgs());
      connections.of(call.getPeer()).region = typeof region === "string" && region !== "" ? region : undefined;
      return new provider.ConfigureResponse().setAcceptsecrets(true).setSupportspreview(true);
    }),
    check: answer((call: Call<provider.CheckRequest>) => methods.check(call.request)),
    diff: answer((call: Call<provider.DiffRequest>) => methods.diff(call.request)),
    create: answer((call: Call<provider.CreateRequest>) =>
      connections.run(call, (scope) =>
        methods.create(call.request, { ...scope, timeoutSeconds: call.request.getTimeout() }),
      ),
    ),
    read: answer((call: Call<provider.ReadRequest>) =>
      connections.run(call, (scope) => methods.read(call.request, scope)),
    ),
    update: answer((call: Call<provider.UpdateRequest>) =>
      connections.run(call, (scope) =>
        methods.update(call.request, { ...scope, timeoutSeconds: call.request.getTimeout() }),
      ),
    ),
    delete: answer((call: Call<provider.DeleteRequest>) =>
      connections.run(call, (scope) =>
        methods.delete(call.request, { ...scope, timeoutSeconds: call.request.getTimeout() }),
      ),
    ),
    invoke: answer((call: Call<provider.InvokeRequest>) =>
      connections.run(call, (scope) => methods.invoke(call.request, scope)),
    ),
    cancel: answer((call: Call<emptyProto.Empty>) => {
      connections.cancel(call.getPeer());
      return new emptyProto.Empty();
    }),
    attach: answer(() => new emptyProto.Empty()),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, close: () => server.forceShutdown() };
}

type Call<Request> = ServerUnaryCall<Request, unknown>;

function answer<Request, Response>(work: (call: Call<Request>) => Response | Promise<Response>) {
  return async (call: Call<Request>, respond: sendUnaryData<unknown>): Promise<void> => {
    try {
      respond(null, await work(call));
    } catch (error) {
      const failure = error as { code?: number };
      // Anything without a gRPC code is a defect of this program: said, never hidden.
      respond(typeof failure.code === "number" ? failure : { code: status.INTERNAL, details: String(error) });
    }
  };
}

function unimplemented(method: string) {
  return answer(() => {
    throw { code: status.UNIMPLEMENTED, details: `the local cloud's providers have no ${method}` };
  });
}

interface Connection {
  region: string | undefined;
  readonly running: Set<AbortController>;
}

/** The configuration and the running calls of each connection. */
class Connections {
  readonly #byPeer = new Map<string, Connection>();

  of(peer: string): Connection {
    let connection = this.#byPeer.get(peer);
    if (connection === undefined) {
      connection = { region: undefined, running: new Set() };
      this.#byPeer.set(peer, connection);
    }
    return connection;
  }

  async run<Response>(call: Call<unknown>, work: (scope: CallScope) => Promise<Response>): Promise<Response> {
    const connection = this.of(call.getPeer());
    const controller = new AbortController();
    // The caller died or disconnected: a real provider, its child process, would have ended too.
    call.on("cancelled", () => controller.abort(new Error("the caller is gone")));
    connection.running.add(controller);
    try {
      return await work({ region: connection.region, signal: controller.signal });
    } finally {
      connection.running.delete(controller);
    }
  }

  cancel(peer: string): void {
    for (const controller of this.of(peer).running) controller.abort(new Error("cancelled"));
  }
}

import settings from "@pulumi/pulumi/runtime/settings.js";

/** Options of the SDK's connections to the engine; missing in its type declarations (3.270, runtime/settings.js). */
interface ConnectionOptions {
  readonly grpcClientOptions: Record<string, unknown>;
}

/**
 * From now on each run of a program has connections of its own to its engine. By default grpc-js shares them by address in the whole process, and goes on
 * trying to reach an engine that has ended while a call waited for it. A later engine that is given such a port then seems away ("14 UNAVAILABLE: No
 * connection established. Last error: null"), and the SDK takes that for the engine's own end: the program would go on to describe nothing, and
 * everything would seem to be deleted. Seen after failed runs; what is protected stopped it.
 */
export function useOwnConnections(): void {
  const { grpcClientOptions } = settings as unknown as ConnectionOptions;
  grpcClientOptions["grpc.use_local_subchannel_pool"] = 1;
  // The engine is on loopback, so the proxy variables (http_proxy, https_proxy, grpc_proxy) do not apply.
  grpcClientOptions["grpc.enable_http_proxy"] = 0;
}

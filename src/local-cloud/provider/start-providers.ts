import type { LocalCloud } from "../local-cloud.ts";
import type { SimulatedPackage } from "../simulator.ts";
import { ProviderMethods } from "./provider-methods.ts";
import { serveProvider } from "./provider-server.ts";

export interface Providers {
  /** Package name -> port; joined as `name:port` they are the value of PULUMI_DEBUG_PROVIDERS. */
  readonly ports: Readonly<Record<string, number>>;
  close(): void;
}

/** Serves the provider of each package on a port of 127.0.0.1, in front of one cloud. */
export async function startProviders(
  cloud: LocalCloud,
  packages: Readonly<Record<string, SimulatedPackage>>,
): Promise<Providers> {
  const servers = await Promise.all(
    Object.entries(packages).map(async ([name, { catalogue, adapters }]) => ({
      name,
      server: await serveProvider(new ProviderMethods(catalogue, adapters, cloud)),
    })),
  );
  return {
    ports: Object.fromEntries(servers.map(({ name, server }) => [name, server.port])),
    close: () => {
      for (const { server } of servers) server.close();
    },
  };
}

import type { LocalCloud } from "../behaviour/index.ts";
import { catalogue } from "../catalogue/catalogue.ts";
import { openstackAdapters } from "./openstack/adapters.ts";
import { ovhAdapters } from "./ovh/adapters.ts";
import { ProviderMethods } from "./provider-methods.ts";
import { serveProvider } from "./provider-server.ts";
import { randomAdapters } from "./random.ts";
import type { PackageAdapters } from "./resource-adapter.ts";

export interface Providers {
  /** Package name -> port; joined as `name:port` they are the value of PULUMI_DEBUG_PROVIDERS. */
  readonly ports: Readonly<Record<string, number>>;
  close(): void;
}

/** Serves the providers of openstack, ovh and random on 127.0.0.1, in front of one cloud. */
export async function startProviders(cloud: LocalCloud): Promise<Providers> {
  const adapters: Readonly<Record<"openstack" | "ovh" | "random", PackageAdapters>> = {
    openstack: openstackAdapters(cloud),
    ovh: ovhAdapters(cloud),
    random: randomAdapters,
  };
  const names = ["openstack", "ovh", "random"] as const;
  const servers = await Promise.all(
    names.map((name) => serveProvider(new ProviderMethods(catalogue[name], adapters[name], cloud))),
  );
  return {
    ports: Object.fromEntries(names.map((name, index) => [name, servers[index]?.port ?? 0])),
    close: () => {
      for (const server of servers) server.close();
    },
  };
}

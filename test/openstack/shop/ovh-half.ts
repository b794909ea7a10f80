import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { startHttpApi } from "../../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { projectId } from "../../../src/local-cloud/openstack/keystone/keystone.ts";
import type { LoadBalancerFlavorView } from "../../../src/local-cloud/openstack/octavia/types.ts";
import { startProviders } from "../../../src/local-cloud/provider/start-providers.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import { startTraffic } from "../../../src/local-cloud/traffic/start.ts";
import { selfSignedPkcs12 } from "../../../src/os/pkcs12.ts";

const token = "of-this-test-only";

/**
 * OVHcloud's own half of a shop whose OpenStack half is a real one: vRack, databases, buckets, backups, and passwords. It is the local cloud's, which
 * takes the ids of networks and servers as they are given. The engine starts it as plugins from PATH, as it starts every provider of a real stack.
 */
export class OvhHalf {
  readonly cloud: LocalCloud;
  /** What the commands read to find OVHcloud's API. */
  readonly variables: Readonly<Record<string, string>>;
  /** File in which each start of a plugin leaves the number of the engine's process. */
  readonly #starts: string;
  readonly #close: () => Promise<void>;

  private constructor(cloud: LocalCloud, url: string, starts: string, close: () => Promise<void>) {
    this.cloud = cloud;
    this.variables = { OVH_ENDPOINT: `${url}/1.0`, OVH_ACCESS_TOKEN: token, OVH_CLOUD_PROJECT_SERVICE: projectId };
    this.#starts = starts;
    this.#close = close;
  }

  /** @param plugins folder for the programs that the engine starts, made when absent */
  static async start(plugins: string, flavors: readonly LoadBalancerFlavorView[]): Promise<OvhHalf> {
    const own = createLocalCloud({ databasePath: ":memory:", openstackElsewhere: true });
    // On OVHcloud too its API names the ids of Octavia's flavors.
    const offered = {
      get: own.octavia.flavors.get.bind(own.octavia.flavors),
      list: (region?: string) => flavors.filter((flavor) => flavor.region === region),
    };
    const cloud: LocalCloud = { ...own, octavia: { ...own.octavia, flavors: offered } };
    const traffic = startTraffic(cloud, {
      portOffset: 20_000,
      scale: cloud.scale,
      instanceCertificate: selfSignedPkcs12(["shop.example"], new Date()),
    });
    const { apis, packages } = openSimulators(cloud, await loadSimulators());
    const httpApi = await startHttpApi({ cloud, apis, traffic: traffic.traffic, token });
    const providers = await startProviders(cloud, packages);
    mkdirSync(plugins, { recursive: true });
    const starts = join(plugins, "starts");
    for (const name of ["ovh", "random"] as const) writePlugin(plugins, name, providers.ports[name] ?? 0, starts);
    return new OvhHalf(cloud, httpApi.url, starts, async () => {
      providers.close();
      await Promise.all([traffic.close(), httpApi.close()]);
      cloud.close();
    });
  }

  /** How often an engine ran so far: each starts its providers anew. */
  get engineRuns(): number {
    return new Set(readFileSync(this.#starts, "utf8").trim().split("\n")).size;
  }

  close(): Promise<void> {
    return this.#close();
  }
}

/** A plugin says on which port it listens and stays until it is stopped; what listens there is this process. */
function writePlugin(folder: string, name: string, port: number, starts: string): void {
  const file = join(folder, `pulumi-resource-${name}`);
  writeFileSync(file, `#!/bin/sh\necho $PPID >> '${starts}'\necho ${port}\nexec sleep 86400\n`);
  chmodSync(file, 0o755);
}

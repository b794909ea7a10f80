import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { type QuotaName, setQuota } from "../../src/local-cloud/openstack/quotas.ts";
import { startProviders } from "../../src/local-cloud/provider/start-providers.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { ProviderClient } from "../local-cloud/provider/provider-client.ts";

const region = "GRA11";

/**
 * The local cloud's provider on a cloud of its own in memory. Its clock goes on by one second at each turn of the event loop: what takes minutes is there
 * at once, and limits of time mean the same on a busy machine.
 */
export class LocalSide {
  readonly provider: ProviderClient;
  readonly given: Readonly<Record<string, string>>;
  readonly #close: () => void;

  private constructor(port: number, given: Readonly<Record<string, string>>, close: () => void) {
    this.provider = new ProviderClient(port);
    this.given = given;
    this.#close = close;
  }

  static async open(quotas: Readonly<Record<string, number>>): Promise<LocalSide> {
    const cloud = createLocalCloud({ databasePath: ":memory:", scale: 1, clock: "stepped" });
    for (const [name, limit] of Object.entries(quotas)) setQuota(cloud, region, name as QuotaName, limit);
    const [image] = cloud.glance.images.list({ region, name: "Debian 12" });
    const outside = cloud.neutron.networks.list({ region }).find((network) => network.external);
    const { packages } = openSimulators(cloud, await loadSimulators());
    const providers = await startProviders(cloud, packages);
    const given = { image: image?.id ?? "", outside: outside?.id ?? "", project: cloud.keystone.projectId, region };
    let turning = true;
    const turn = () => {
      if (!turning) return;
      cloud.clock.step(1);
      setImmediate(turn);
    };
    turn();
    const side = new LocalSide(providers.ports.openstack ?? 0, given, () => {
      turning = false;
      providers.close();
      cloud.close();
    });
    await side.provider.configure({ region });
    return side;
  }

  close(): void {
    this.provider.close();
    this.#close();
  }
}

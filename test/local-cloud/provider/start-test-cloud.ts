import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { startProviders } from "../../../src/local-cloud/provider/start-providers.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import { type Landmark, landscape, type Made } from "./landscape.ts";
import { type Properties, ProviderClient } from "./provider-client.ts";

/** A resource as the engine records it. */
export interface Recorded {
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

/** A cloud in memory that is quick, its providers, and what was made on it. */
export class TestCloud implements Made {
  readonly cloud: LocalCloud;
  readonly #clients: Readonly<Record<string, ProviderClient>>;
  readonly #close: () => void;
  readonly made = new Map<string, Recorded>();

  private constructor(cloud: LocalCloud, clients: Readonly<Record<string, ProviderClient>>, close: () => void) {
    this.cloud = cloud;
    this.#clients = clients;
    this.#close = close;
  }

  static async start(scale = 20_000): Promise<TestCloud> {
    const cloud = createLocalCloud({ databasePath: ":memory:", scale });
    const { packages } = openSimulators(cloud, await loadSimulators());
    const providers = await startProviders(cloud, packages);
    const clients = Object.fromEntries(
      Object.entries(providers.ports).map(([name, port]) => [name, new ProviderClient(port)]),
    );
    return new TestCloud(cloud, clients, () => {
      for (const client of Object.values(clients)) client.close();
      providers.close();
      cloud.close();
    });
  }

  close(): void {
    this.#close();
  }

  clientOf(type: string): ProviderClient {
    const client = this.#clients[type.split(":")[0] ?? ""];
    if (client === undefined) throw new Error(`no provider for ${type}`);
    return client;
  }

  get landscape(): readonly Landmark[] {
    return landscape(this.cloud);
  }

  landmark(key: string): Landmark {
    const found = this.landscape.find((landmark) => landmark.key === key);
    if (found === undefined) throw new Error(`nothing is called ${key}`);
    return found;
  }

  recorded(key: string): Recorded {
    const found = this.made.get(key);
    if (found === undefined) throw new Error(`${key} was not made`);
    return found;
  }

  id(key: string): string {
    return this.recorded(key).id;
  }

  output(key: string, name: string): unknown {
    return this.recorded(key).properties[name];
  }

  /** What the engine does with a new resource: check, then create. */
  async create(key: string): Promise<Recorded> {
    const landmark = this.landmark(key);
    const { inputs, failures } = await this.clientOf(landmark.type).check(landmark.type, landmark.inputs(this));
    if (failures.length > 0) throw new Error(`${key}: ${failures.map((failure) => failure.reason).join("; ")}`);
    const created = await this.clientOf(landmark.type).create(landmark.type, inputs);
    const recorded = { id: created.id, inputs, properties: created.properties };
    this.made.set(key, recorded);
    return recorded;
  }

  async delete(key: string): Promise<void> {
    const { id, properties } = this.recorded(key);
    const { type } = this.landmark(key);
    await this.clientOf(type).delete(type, id, properties);
    this.made.delete(key);
  }

  /** Everything that comes before a landmark. */
  async createBefore(key: string): Promise<void> {
    for (const landmark of this.landscape) {
      if (landmark.key === key) return;
      if (!this.made.has(landmark.key)) await this.create(landmark.key);
    }
  }

  async createAll(): Promise<void> {
    for (const { key } of this.landscape) await this.create(key);
  }
}

import { cloudFolder, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { type Properties, ProviderClient } from "../local-cloud/provider/provider-client.ts";
import type { TestProject } from "./project.ts";

/** Somebody who works on the cloud without Pulumi's state: what they do, they do by the services' own calls. */
export class Hand {
  readonly #clients: Readonly<Record<string, ProviderClient>>;

  constructor(project: TestProject) {
    const { providers } = requireLocalCloud(cloudFolder(project.home)).runtime;
    this.#clients = Object.fromEntries(
      Object.entries(providers).map(([name, port]) => [name, new ProviderClient(port)]),
    );
  }

  async create(type: string, inputs: Properties): Promise<string> {
    return (await this.#of(type).create(type, inputs)).id;
  }

  async change(type: string, id: string, change: Properties): Promise<void> {
    const { inputs, properties } = await this.#of(type).read(type, id);
    await this.#of(type).update(type, id, properties, { ...inputs, ...change });
  }

  async delete(type: string, id: string, properties: Properties): Promise<void> {
    await this.#of(type).delete(type, id, properties);
  }

  close(): void {
    for (const client of Object.values(this.#clients)) client.close();
  }

  #of(type: string): ProviderClient {
    const client = this.#clients[type.split(":", 1)[0] ?? ""];
    if (client === undefined) throw new Error(`no provider of ${type}`);
    return client;
  }
}

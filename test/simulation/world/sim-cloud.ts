import type { CloudClients } from "../../../src/clouds/clients.ts";
import { connectClients } from "../../../src/clouds/ovh/connect.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { HttpCalls } from "../../../src/local-cloud/http/http-calls.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { ProviderMethods } from "../../../src/local-cloud/provider/provider-methods.ts";
import type { Simulator } from "../../../src/local-cloud/simulator.ts";
import { openSimulators } from "../../../src/local-cloud/simulators.ts";
import type { Host } from "../../../src/os/host.ts";
import { inProcessFetch } from "../../local-cloud/in-process-fetch.ts";
import { ProviderCalls } from "../engine/provider-calls.ts";
import type { Random } from "../kernel/random.ts";
import type { Scheduler } from "../kernel/scheduler.ts";
import type { SimProcess } from "./sim-process.ts";

const base = "http://cloud.simulated";
const token = "simulated-token";

/** The local cloud's own behaviour on the simulated time, without a server and without a provider's process. */
export class SimCloud {
  readonly cloud: LocalCloud;
  readonly providers: Readonly<Record<string, ProviderCalls>>;
  readonly #fetch: Host["fetch"];

  constructor(scheduler: Scheduler, random: Random, simulators: readonly Simulator[]) {
    this.cloud = createLocalCloud({
      databasePath: ":memory:",
      wall: () => scheduler.now,
      scale: 1,
      machine: {
        randomBytes: (count) => random.bytes(count),
        soon: (work) => scheduler.after(0, work),
        after: (milliseconds, work) => scheduler.after(milliseconds, work),
        monotonic: () => scheduler.now,
      },
    });
    const { packages, apis } = openSimulators(this.cloud, simulators);
    this.providers = Object.fromEntries(
      Object.entries(packages).map(([name, { catalogue, adapters }]) => [
        name,
        new ProviderCalls(new ProviderMethods(catalogue, adapters, this.cloud)),
      ]),
    );
    this.#fetch = inProcessFetch(new HttpCalls({ cloud: this.cloud, apis, token }), base);
  }

  /** The clients that a command has. */
  clients(region: string): CloudClients {
    const { userName, password } = this.cloud.keystone.operator();
    const { projectId, projectName } = this.cloud.keystone;
    const domain = "Default";
    const project = { projectId, projectName, projectDomain: domain };
    const identity = { kind: "password", user: userName, password, userDomain: domain, ...project } as const;
    return connectClients({
      openstack: { authUrl: `${base}/identity/v3`, region, identity },
      ovh: { kind: "address", url: `${base}/1.0`, token },
      projectId,
    });
  }

  async fetch(process: SimProcess, address: string, options?: RequestInit): Promise<Response> {
    const { pathname } = new URL(address);
    const method = options?.method ?? "GET";
    return await process.reach("cloud", `${method} ${pathname}`, 5, 80, () => this.#fetch(address, options));
  }
}

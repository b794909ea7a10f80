import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { Caller } from "../../src/clouds/http/call.ts";
import { NovaCompute } from "../../src/clouds/openstack/compute.ts";
import { BarbicanKeyManager } from "../../src/clouds/openstack/key-manager.ts";
import { OpenStack } from "../../src/clouds/openstack/openstack-api.ts";
import { openStack } from "../../src/engine/automation-stack.ts";
import { installEngine } from "../../src/engine/install-engine.ts";
import type { EngineStack } from "../../src/engine/port.ts";
import { encryptionSalt, passphrase } from "../engine/tiny-stack.ts";
import { makeTenant } from "./lab/accounts.ts";
import { AdminApi, type Entity } from "./lab/admin-api.ts";
import { identityUrl, password, region } from "./lab/place.ts";
import { installProvider } from "./provider/install-provider.ts";

/** What OpenStack has of a project. */
export interface Counts {
  readonly servers: number;
  readonly ports: number;
  readonly volumes: number;
  readonly loadBalancers: number;
  readonly networks: number;
  readonly floatingAddresses: number;
}

export const nothing: Counts = {
  servers: 0,
  ports: 0,
  volumes: 0,
  loadBalancers: 0,
  networks: 0,
  floatingAddresses: 0,
};

/** One thing that Nova did to a server, as Nova recorded it. */
export interface ServerAction {
  readonly action: string;
  readonly startedAt: Date;
  readonly finishedAt: Date | undefined;
}

/** A project of its own on the running OpenStack, its engine and the real provider. */
export class Cloud {
  readonly admin: AdminApi;
  readonly projectId: string;
  readonly compute: NovaCompute;
  readonly keyManager: BarbicanKeyManager;
  readonly #openstack: OpenStack;
  readonly #name: string;
  readonly #folder: string;
  readonly #engine: { readonly path: string; readonly version: string };
  /** Folder of the real provider. */
  readonly pluginFolder: string;

  private constructor(
    admin: AdminApi,
    name: string,
    projectId: string,
    engine: { readonly path: string; readonly version: string },
    pluginFolder: string,
  ) {
    this.admin = admin;
    this.#name = name;
    this.projectId = projectId;
    this.#engine = engine;
    this.pluginFolder = pluginFolder;
    this.#folder = mkdtempSync(join(tmpdir(), "lor-infra-openstack-"));
    const caller = new Caller({});
    this.#openstack = new OpenStack(caller, {
      authUrl: identityUrl,
      region,
      identity: {
        kind: "password",
        user: name,
        password,
        userDomain: "Default",
        projectId,
        projectName: undefined,
        projectDomain: "Default",
      },
    });
    this.compute = new NovaCompute(this.#openstack, caller);
    this.keyManager = new BarbicanKeyManager(this.#openstack);
  }

  static async enter(purpose: string): Promise<Cloud> {
    const admin = await AdminApi.connect("admin", "admin");
    const name = `${purpose}-${randomBytes(3).toString("hex")}`;
    const provider = await installProvider({ env: process.env, onProgress: () => {} });
    return new Cloud(
      admin,
      name,
      await makeTenant(admin, name),
      await installEngine({ env: process.env }),
      provider.folder,
    );
  }

  /** A stack whose provider is the real one: the engine finds it on PATH. */
  openStack(stackName: string): Promise<EngineStack> {
    return openStack({
      projectName: "openstack",
      stackName,
      backendUrl: pathToFileURL(join(this.#folder, "backend")).href,
      passphrase,
      encryptionSalt,
      workFolder: join(this.#folder, "work"),
      engine: this.#engine,
      env: {
        ...process.env,
        ...this.variables,
        PATH: [this.pluginFolder, process.env.PATH].join(delimiter),
        // What is not on PATH is to fail at once, not to be downloaded.
        PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      },
      providerVariables: ["OS_"],
      pulumiHome: join(this.#folder, "home"),
    });
  }

  /** What the providers and the `openstack` command read. */
  get variables(): Readonly<Record<string, string>> {
    return {
      OS_AUTH_URL: identityUrl,
      OS_IDENTITY_API_VERSION: "3",
      OS_REGION_NAME: region,
      OS_USERNAME: this.#name,
      OS_PASSWORD: password,
      OS_PROJECT_ID: this.projectId,
      OS_USER_DOMAIN_NAME: "Default",
      OS_PROJECT_DOMAIN_NAME: "Default",
    };
  }

  /** Counted by OpenStack's administrator, who sees also what the project's user may not. */
  async count(): Promise<Counts> {
    const { servers, volumes, ports, networks, floatingAddresses, loadBalancers } = await this.everything();
    return {
      servers: servers.length,
      ports: ports.length,
      volumes: volumes.length,
      loadBalancers: loadBalancers.length,
      networks: networks.length,
      floatingAddresses: floatingAddresses.length,
    };
  }

  /** The same, each as the administrator sees it. */
  async everything(): Promise<Readonly<Record<keyof Counts, readonly Entity[]>>> {
    const mine = `project_id=${this.projectId}`;
    const [servers, volumes, ports, networks, floatingAddresses, loadBalancers] = await Promise.all([
      this.admin.list("nova", "server", `?all_tenants=1&${mine}`),
      this.#volumes(),
      this.admin.list("neutron", "port", `?${mine}`),
      this.admin.list("neutron", "network", `?${mine}`),
      this.admin.list("neutron", "floatingip", `?${mine}`),
      this.admin.list("octavia", "loadbalancer", `?${mine}`),
    ]);
    return { servers, ports, volumes, loadBalancers, networks, floatingAddresses };
  }

  /** All of it with the times of its last change, but for what its health says: two that are equal are of a cloud in which nothing was changed. */
  async picture(): Promise<unknown> {
    const mine = `?project_id=${this.projectId}`;
    const [everything, more] = await Promise.all([
      this.everything(),
      Promise.all(
        (
          [
            ["neutron", "router"],
            ["neutron", "subnet"],
            ["neutron", "security-group"],
            ["octavia", "listener"],
            ["octavia", "pool"],
            ["octavia", "healthmonitor"],
          ] as const
        ).map(([service, kind]) => this.admin.list(service, kind, mine)),
      ),
    ]);
    const all = [...Object.values(everything), ...more].flat().toSorted((a, b) => a.id.localeCompare(b.id));
    return all.map(({ operating_status: _, ...rest }) => rest);
  }

  /** The machine of a load balancer: a server in Octavia's own project. */
  async machineOf(loadBalancer: string): Promise<string> {
    const path = `/octavia/amphorae?loadbalancer_id=${loadBalancer}`;
    const { amphorae } = (await this.admin.call("octavia", "GET", path)) as { amphorae: readonly Entity[] };
    const [machine, ...more] = amphorae;
    if (machine === undefined || more.length > 0) throw new Error(`${loadBalancer} has ${amphorae.length} machines`);
    return String(machine.compute_id);
  }

  /** Whether a server is there, whoever's it is. */
  async hasServer(id: string): Promise<boolean> {
    const servers = await this.admin.list("nova", "server", "?all_tenants=1");
    return servers.some((server) => server.id === id);
  }

  /** The hosts that the servers are on. */
  async hosts(...ids: readonly string[]): Promise<ReadonlySet<unknown>> {
    const answers = await Promise.all(ids.map((id) => this.admin.call("nova", "GET", `/servers/${id}`)));
    return new Set(answers.map((answer) => (answer as { server: Entity }).server["OS-EXT-SRV-ATTR:host"]));
  }

  /** Whether the scheduler may choose a host; what runs on it goes on either way. */
  async allowHost(host: unknown, allowed: boolean): Promise<void> {
    const { services } = (await this.admin.call(
      "nova",
      "GET",
      "/os-services?binary=nova-compute",
      undefined,
      "2.53",
    )) as {
      services: readonly Entity[];
    };
    for (const service of services.filter((one) => one.host === host)) {
      const status = allowed ? "enabled" : "disabled";
      await this.admin.call("nova", "PUT", `/os-services/${service.id}`, { status }, "2.53");
    }
  }

  /** What Nova did to a server, the first first. */
  async serverActions(id: string): Promise<readonly ServerAction[]> {
    const actions = await this.admin.call("nova", "GET", `/servers/${id}/os-instance-actions`, undefined, "2.58");
    const { instanceActions } = actions as {
      instanceActions: readonly { action: string; start_time: string; updated_at: string | null }[];
    };
    return instanceActions
      .map(({ action, start_time, updated_at }) => ({
        action,
        startedAt: new Date(`${start_time}Z`),
        finishedAt: updated_at === null ? undefined : new Date(`${updated_at}Z`),
      }))
      .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  }

  async #volumes(): Promise<readonly Entity[]> {
    const path = `/v3/${this.admin.projectId}/volumes?all_tenants=1&project_id=${this.projectId}`;
    return ((await this.admin.call("cinder", "GET", path)) as { volumes: readonly Entity[] }).volumes;
  }

  /** Leaves the state; what is in the cloud is the test's to delete. */
  leave(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

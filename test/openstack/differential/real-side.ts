import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createInterface } from "node:readline";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { QuotaName } from "../../../src/local-cloud/openstack/quotas.ts";
import { ProviderClient } from "../../local-cloud/provider/provider-client.ts";
import { makeTenant } from "../lab/accounts.ts";
import { AdminApi } from "../lab/admin-api.ts";
import { identityUrl, type PortName, password, region } from "../lab/place.ts";
import { installProvider } from "../provider/install-provider.ts";

/** The real provider on a project of its own of the running OpenStack. */
export class RealSide {
  readonly provider: ProviderClient;
  readonly given: Readonly<Record<string, string>>;
  readonly #plugin: ChildProcess;
  readonly #admin: AdminApi;
  readonly #engine: Server;

  private constructor(
    admin: AdminApi,
    engine: Server,
    plugin: ChildProcess,
    port: number,
    given: Readonly<Record<string, string>>,
  ) {
    this.#admin = admin;
    this.#engine = engine;
    this.#plugin = plugin;
    this.provider = new ProviderClient(port);
    this.given = given;
  }

  static async open(quotas: Readonly<Record<string, number>>): Promise<RealSide> {
    const admin = await AdminApi.connect("admin", "admin");
    const name = `differential-${randomBytes(3).toString("hex")}`;
    const project = await makeTenant(admin, name);
    await setQuotas(admin, project, quotas);
    const given = { ...(await whatIsThere(admin)), project, region };
    const { path } = await installProvider({ env: process.env, onProgress: () => {} });
    const engine = await pretendedEngine();
    const plugin = spawn(path, [engine.address], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        OS_AUTH_URL: identityUrl,
        OS_IDENTITY_API_VERSION: "3",
        OS_REGION_NAME: region,
        OS_USERNAME: name,
        OS_PASSWORD: password,
        OS_PROJECT_ID: project,
        OS_USER_DOMAIN_NAME: "Default",
        OS_PROJECT_DOMAIN_NAME: "Default",
      },
    });
    const side = new RealSide(admin, engine.server, plugin, await portOf(plugin), given);
    await side.provider.configure({});
    return side;
  }

  /** What is still there of the project, by kind: nothing is {}. */
  async left(): Promise<Readonly<Record<string, number>>> {
    const mine = `project_id=${this.given.project}`;
    const counts = await Promise.all([
      this.#count("nova", "server", `?all_tenants=1&${mine}`),
      this.#count("neutron", "port", `?${mine}`),
      this.#count("neutron", "network", `?${mine}`),
      this.#count("neutron", "router", `?${mine}`),
      this.#count("neutron", "floatingip", `?${mine}`),
      this.#count("octavia", "loadbalancer", `?${mine}`),
    ]);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  async #count(service: PortName, kind: string, query: string): Promise<readonly [string, number]> {
    return [kind, (await this.#admin.list(service, kind, query)).length];
  }

  close(): void {
    this.provider.close();
    this.#plugin.kill();
    this.#engine.forceShutdown();
  }
}

/** A plugin ends itself when its engine has not answered for five minutes; that there is no such service is an answer. */
async function pretendedEngine(): Promise<{ server: Server; address: string }> {
  const server = new Server();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, address: `127.0.0.1:${port}` };
}

/** A plugin's first line is the port that it serves. */
async function portOf(plugin: ChildProcess): Promise<number> {
  if (plugin.stdout === null) throw new Error("the provider has no output");
  for await (const line of createInterface({ input: plugin.stdout })) return Number(line);
  throw new Error("the provider ended before it served");
}

async function whatIsThere(admin: AdminApi): Promise<Record<string, string>> {
  const [image] = await admin.list("glance", "image", "?name=Debian%2012");
  const [outside] = await admin.list("neutron", "network", "?name=Ext-Net");
  if (image === undefined || outside === undefined)
    throw new Error("OpenStack has no image or no network to the outside");
  return { image: image.id, outside: outside.id };
}

/** Where each limit is set: the local cloud's name -> service and its name there. */
const limits: Readonly<Record<QuotaName, readonly ["nova" | "neutron" | "cinder" | "octavia", string]>> = {
  instances: ["nova", "instances"],
  cores: ["nova", "cores"],
  ram: ["nova", "ram"],
  keypairs: ["nova", "key_pairs"],
  serverGroups: ["nova", "server_groups"],
  volumes: ["cinder", "volumes"],
  gigabytes: ["cinder", "gigabytes"],
  networks: ["neutron", "network"],
  subnets: ["neutron", "subnet"],
  ports: ["neutron", "port"],
  routers: ["neutron", "router"],
  floatingIps: ["neutron", "floatingip"],
  securityGroups: ["neutron", "security_group"],
  securityGroupRules: ["neutron", "security_group_rule"],
  loadBalancers: ["octavia", "loadbalancer"],
  members: ["octavia", "member"],
};

async function setQuotas(admin: AdminApi, project: string, quotas: Readonly<Record<string, number>>): Promise<void> {
  for (const [name, limit] of Object.entries(quotas)) {
    const [service, field] = limits[name as QuotaName];
    const values = { [field]: limit };
    if (service === "neutron") await admin.call("neutron", "PUT", `/quotas/${project}`, { quota: values });
    if (service === "octavia") await admin.call("octavia", "PUT", `/lbaas/quotas/${project}`, { quota: values });
    if (service === "nova") await admin.call("nova", "PUT", `/os-quota-sets/${project}`, { quota_set: values });
    if (service === "cinder")
      await admin.call("cinder", "PUT", `/v3/${admin.projectId}/os-quota-sets/${project}`, { quota_set: values });
  }
}

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import type { ClockMode } from "../../src/local-cloud/kernel/clock.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { CertificateAuthority } from "../../src/local-cloud/machines/services/certificate-authority.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { startTraffic } from "../../src/local-cloud/traffic/start.ts";

/** Names that the tests are told. */
export const names = { vrack: "pn-1", zone: "accent.example", region: "GRA11" } as const;
/** Seconds; the zone's records have another TTL. Source: ovh/terraform-provider-ovh, issue 666. */
const zoneTtl = 60;
const token = "acceptance-tests";

export interface TestCloud extends AsyncDisposable {
  readonly cloud: LocalCloud;
  readonly endpoint: string;
  readonly token: string;
  /** Ids of what the tests find there: an instance and a load balancer. */
  readonly prepared: { readonly instanceId: string; readonly balancerId: string };
  /** The cloud as it is started again after it was killed: whatever was not in its records is lost. */
  restarted(): Promise<Pick<TestCloud, "cloud" | "endpoint">>;
}

/** A local cloud of its own for one test, with what the test expects to find. */
export async function openTestCloud({
  inVrack = false,
  clock = "real",
}: {
  readonly inVrack?: boolean;
  readonly clock?: ClockMode;
} = {}): Promise<TestCloud> {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-ovh-provider-"));
  const runs: (() => Promise<void>)[] = [];
  const start = async () => {
    const cloud = createLocalCloud({ databasePath: join(folder, "cloud.sqlite"), scale: 100, clock });
    const { apis } = openSimulators(cloud, await loadSimulators());
    const { traffic, close } = startTraffic(cloud, { portOffset: 0, scale: 100, instanceCertificate: Buffer.alloc(0) });
    const authority = CertificateAuthority.open(folder, () => new Date());
    const api = await startHttpApi({ cloud, traffic, apis, token, authority });
    runs.push(async () => {
      await Promise.all([api.close(), close()]);
      cloud.close();
    });
    return { cloud, endpoint: `${api.url}/1.0` };
  };
  const started = await start();
  return {
    ...started,
    token,
    prepared: await prepare(started.cloud, inVrack),
    // Nothing of the run before is closed or written first.
    restarted: start,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(runs.map((stop) => stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(cloud: LocalCloud, inVrack: boolean): Promise<TestCloud["prepared"]> {
  const { region, vrack, zone } = names;
  if (inVrack) {
    cloud.ovhVrack.attach(vrack, cloud.keystone.projectId);
    await settled(cloud, () => cloud.ovhVrack.get(vrack, cloud.keystone.projectId).status === "ATTACHED");
  }
  cloud.ovhZones.setDefaultTtl(zone, zoneTtl);
  cloud.ovhZones.create({ zone, subDomain: "", fieldType: "NS", target: "dns.local.", ttl: 0 });
  const network = cloud.neutron.networks.create({ name: "prepared", region });
  const subnet = cloud.neutron.subnets.create({ name: "", region, networkId: network.id, cidr: "10.20.0.0/24" });
  const balancer = cloud.ovhLoadBalancers.create({
    region,
    name: "prepared",
    flavorId: cloud.octavia.flavors.list(region)[0]?.id ?? "",
    networkId: network.id,
    subnetId: subnet.id,
  });
  const server = cloud.nova.servers.create({
    region,
    name: "prepared",
    flavorName: "b2-7",
    imageName: "Debian 12",
    networks: [{ networkId: network.id }],
  });
  await settled(cloud, () => cloud.ovhLoadBalancers.get(balancer.id).provisioningStatus === "ACTIVE");
  return { instanceId: server.id, balancerId: balancer.id };
}

/** A clock that stands still is moved by a minute. */
async function settled(cloud: LocalCloud, done: () => boolean): Promise<void> {
  if (cloud.clock.mode === "stepped") cloud.clock.step(60);
  await cloud.waitUntil(done);
}

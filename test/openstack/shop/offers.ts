import type { LoadBalancerFlavorView } from "../../../src/local-cloud/openstack/octavia/types.ts";
import type { AdminApi } from "../lab/admin-api.ts";
import { region } from "../lab/place.ts";

/** The regions that the shop's settings name: of machines, and of object storage. */
export const computeRegion = "GRA11";
const storageRegion = "GRA";

/** Gives this OpenStack the names of what OVHcloud offers and the shop asks for. Doing it again changes nothing. */
export async function offerAsOvhcloud(admin: AdminApi): Promise<readonly LoadBalancerFlavorView[]> {
  await Promise.all([nameRegions(admin), offerVolumes(admin)]);
  return await offerLoadBalancers(admin);
}

/** The same services under more regions: a project there sees several, each with its own. */
async function nameRegions(admin: AdminApi): Promise<void> {
  const endpoints = await admin.list("keystone", "endpoint");
  const own = endpoints.filter((one) => one.region_id === region);
  const regions = await admin.list("keystone", "region");
  for (const name of [computeRegion, storageRegion]) {
    if (regions.every((one) => one.id !== name)) await admin.create("keystone", "region", { id: name });
    for (const { service_id, interface: kind, url } of own) {
      const there = endpoints.some(
        (one) => one.region_id === name && one.service_id === service_id && one.interface === kind,
      );
      if (!there) await admin.create("keystone", "endpoint", { service_id, interface: kind, url, region_id: name });
    }
  }
}

async function offerVolumes(admin: AdminApi): Promise<void> {
  const path = `/v3/${admin.projectId}/types`;
  const { volume_types: types } = (await admin.call("cinder", "GET", path)) as {
    volume_types: readonly { name: string }[];
  };
  if (types.some((one) => one.name === "high-speed")) return;
  await admin.call("cinder", "POST", path, { volume_type: { name: "high-speed" } });
}

async function offerLoadBalancers(admin: AdminApi): Promise<readonly LoadBalancerFlavorView[]> {
  const profile = await admin.ensure("octavia", "flavorprofile", "single", {
    provider_name: "amphora",
    flavor_data: JSON.stringify({ loadbalancer_topology: "SINGLE" }),
  });
  const offers: LoadBalancerFlavorView[] = [];
  for (const [name, bandwidth] of [
    ["small", 200],
    ["medium", 500],
    ["large", 2000],
    ["xl", 4000],
  ] as const) {
    const { id } = await admin.ensure("octavia", "flavor", name, { flavor_profile_id: profile.id, enabled: true });
    offers.push({ id, name, region: computeRegion, bandwidth });
  }
  return offers;
}

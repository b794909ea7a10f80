import type { AdminApi } from "./admin-api.ts";

/**
 * What a public cloud offers to every project: sizes, an image, the network to the outside. Both sizes have the same disk, as OVHcloud's flex flavors
 * have: only then a machine can become smaller again.
 */
export async function seed(admin: AdminApi): Promise<void> {
  for (const [name, vcpus, ram] of [
    ["b2-7", 2, 7000],
    ["b2-15", 4, 15000],
    ["b2-7-flex", 2, 7000],
    ["b2-15-flex", 4, 15000],
  ] as const) {
    await admin.create("nova", "flavor", { id: name, name, vcpus, ram, disk: 50 });
  }
  await admin.uploadImage({ name: "Debian 12", visibility: "public" });
  await admin.call("cinder", "POST", `/v3/${admin.projectId}/types`, { volume_type: { name: "classic" } });
  const outside = await admin.create("neutron", "network", {
    name: "Ext-Net",
    "router:external": true,
    "provider:network_type": "flat",
    "provider:physical_network": "physnet1",
  });
  // Reserved for examples: no address of it is anybody's.
  await admin.create("neutron", "subnet", {
    network_id: outside.id,
    ip_version: 4,
    cidr: "203.0.113.0/24",
    enable_dhcp: false,
  });
}

import { catalogue } from "../catalogue/catalogue.ts";
import { keystone } from "../http/keystone.ts";
import { neutron } from "../http/neutron.ts";
import { nova } from "../http/nova.ts";
import { octavia } from "../http/octavia.ts";
import { barbican, cinder, swift } from "../http/storage.ts";
import { openstackAdapters } from "../provider/openstack/adapters.ts";
import type { Simulator } from "../simulator.ts";

export const simulator: Simulator = {
  id: "openstack",
  open: (cloud) => ({
    packages: { openstack: { catalogue: catalogue.openstack, adapters: openstackAdapters(cloud) } },
    apis: [keystone, nova, neutron, octavia, cinder, swift, barbican],
  }),
};

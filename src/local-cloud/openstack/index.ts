import { catalogue } from "../catalogue/catalogue.ts";
import type { Simulator } from "../simulator.ts";
import { openstackAdapters } from "./adapters.ts";
import { barbican } from "./barbican/http.ts";
import { cinder } from "./cinder/http.ts";
import { keystone } from "./keystone/http.ts";
import { neutron } from "./neutron/http.ts";
import { nova } from "./nova/http.ts";
import { octavia } from "./octavia/http.ts";
import { swift } from "./swift/http.ts";

export const simulator: Simulator = {
  id: "openstack",
  open: (cloud) => ({
    packages: { openstack: { catalogue: catalogue.openstack, adapters: openstackAdapters(cloud) } },
    apis: [keystone, nova, neutron, octavia, cinder, swift, barbican],
  }),
};

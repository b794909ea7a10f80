import { barbican } from "./barbican/barbican.ts";
import { cinder } from "./cinder/cinder.ts";
import { glance } from "./glance/glance.ts";
import { keystone } from "./keystone/keystone.ts";
import { packages as mariadbPackages } from "./mariadb/mariadb.ts";
import { packages as memcachedPackages } from "./memcached/memcached.ts";
import { neutron } from "./neutron/neutron.ts";
import { nova } from "./nova/nova.ts";
import { octavia } from "./octavia/octavia.ts";
import { packages as ovnPackages } from "./ovn/ovn.ts";
import { placement } from "./placement/placement.ts";
import { packages as rabbitmqPackages } from "./rabbitmq/rabbitmq.ts";
import type { Service } from "./service.ts";
import { swift } from "./swift/swift.ts";

/** All but Keystone, which the others need to start. The slowest to make their tables come first. */
export const otherServices: readonly Service[] = [nova, neutron, cinder, octavia, glance, barbican, placement, swift];

export const services: readonly Service[] = [keystone, ...otherServices];

/** For people and their scripts; no test needs them. */
const clients = ["python3-openstackclient", "python3-octaviaclient"];

export const packages: readonly string[] = [
  ...[mariadbPackages, rabbitmqPackages, memcachedPackages, ovnPackages].flat(),
  ...services.flatMap((service) => service.packages),
  ...clients,
];

import type { CloudClients } from "../clients.ts";
import { Caller, type CallOptions } from "../http/call.ts";
import { NovaCompute } from "../openstack/compute.ts";
import { SwiftContainers } from "../openstack/containers.ts";
import { BarbicanKeyManager } from "../openstack/key-manager.ts";
import { OctaviaLoadBalancer } from "../openstack/load-balancer.ts";
import { OpenStack } from "../openstack/openstack-api.ts";
import { OpenStackSupply } from "../openstack/quotas.ts";
import { OvhBackups } from "./backups.ts";
import type { CloudCredentials } from "./credentials.ts";
import { OvhDnsZones } from "./dns-zones.ts";
import { NameFinder } from "./name-finder.ts";
import { OvhObjectStorage } from "./object-storage.ts";
import { connectOvh } from "./ovh-api.ts";

export interface ConnectOptions extends CallOptions {
  /** `address:port` of the name servers of DNS zones. Default: those of each zone. */
  readonly nameServers?: readonly string[];
}

/** API clients of one project. They call nothing before the first use: wrong credentials show at the first call. */
export function connectClients(credentials: CloudCredentials, options: ConnectOptions = {}): CloudClients {
  const caller = new Caller(options);
  const openstack = new OpenStack(caller, credentials.openstack);
  const ovh = connectOvh(caller, credentials.ovh);
  return {
    compute: new NovaCompute(openstack, caller),
    loadBalancer: new OctaviaLoadBalancer(openstack, caller),
    containers: new SwiftContainers(openstack),
    storage: new OvhObjectStorage(ovh, credentials.projectId),
    backups: new OvhBackups(ovh, credentials.projectId),
    supply: new OpenStackSupply(openstack, credentials.projectId),
    finder: new NameFinder({
      openstack,
      ovh,
      projectId: credentials.projectId,
    }),
    zones: new OvhDnsZones(ovh, options.nameServers),
    keyManager: new BarbicanKeyManager(openstack),
  };
}

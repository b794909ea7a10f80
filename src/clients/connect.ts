import { OvhBackups } from "./backups.ts";
import { Caller, type CallOptions } from "./call.ts";
import { NovaCompute } from "./compute.ts";
import { SwiftContainers } from "./containers.ts";
import type { CloudCredentials } from "./credentials.ts";
import { NameFinder } from "./finder/name-finder.ts";
import { OctaviaLoadBalancer } from "./load-balancer.ts";
import { OvhObjectStorage } from "./object-storage.ts";
import { OpenStack } from "./openstack.ts";
import { connectOvh } from "./ovh-api.ts";
import type { CloudClients } from "./port.ts";
import { OpenStackSupply } from "./supply.ts";

/** The raw clients of one project. Nothing is called before it is needed: wrong credentials show at the first call. */
export function connectClients(credentials: CloudCredentials, options: CallOptions = {}): CloudClients {
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
  };
}

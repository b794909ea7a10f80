import { Caller, type CallOptions } from "./call.ts";
import { NovaCompute } from "./compute.ts";
import type { CloudCredentials } from "./credentials.ts";
import { NameFinder } from "./finder/name-finder.ts";
import { OctaviaLoadBalancer } from "./load-balancer.ts";
import { OpenStack } from "./openstack.ts";
import { connectOvh } from "./ovh-api.ts";
import type { CloudClients } from "./port.ts";

/** The raw clients of one project. Nothing is called before it is needed: wrong credentials show at the first call. */
export function connectClients(credentials: CloudCredentials, options: CallOptions = {}): CloudClients {
  const caller = new Caller(options);
  const openstack = new OpenStack(caller, credentials.openstack);
  return {
    compute: new NovaCompute(openstack, caller),
    loadBalancer: new OctaviaLoadBalancer(openstack, caller),
    finder: new NameFinder({
      openstack,
      ovh: connectOvh(caller, credentials.ovh),
      projectId: credentials.projectId,
    }),
  };
}

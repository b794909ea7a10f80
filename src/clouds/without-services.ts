import { systemClock } from "../os/host.ts";
import type { CloudClients } from "./clients.ts";

/**
 * Clients of a cloud that is used through Pulumi only: reads find nothing, a resource is never found by name, and a change by API is a programming
 * error. A cloud definition replaces the clients that it has.
 */
export function withoutServices(): CloudClients {
  const none = async () => undefined;
  return {
    compute: {
      findServers: async () => [],
      confirmResize: refuse,
      revertResize: refuse,
      resetState: refuse,
      deleteServer: refuse,
    },
    loadBalancer: { find: none, traffic: refuse, members: async () => [], setWeight: refuse },
    storage: { find: none, uploadUrl: refuse },
    containers: { addressKey: none, read: none, list: async () => [] },
    supply: {
      flavors: async () => [],
      loadBalancerFlavors: async () => [],
      quotas: { Nova: async () => [], Cinder: async () => [], Neutron: async () => [], Octavia: async () => [] },
    },
    backups: { now: async () => systemClock.now(), ofDatabase: none, ofInstance: none },
    finder: {
      find: none,
      isChosen: () => false,
      shown: async () => ({}),
      discard: refuse,
      writeOnlyInputs: () => [],
      importOnlyInputs: () => [],
      isImportable: () => true,
      isReplacedFirst: () => false,
      failsWhenGone: () => false,
    },
    zones: { nameServers: refuse, records: refuse, create: refuse, remove: refuse, publish: refuse },
    keyManager: { secrets: async () => [], usedBy: none },
  };
}

async function refuse(): Promise<never> {
  throw new Error("this cloud has no such service");
}

/** Inputs by which a resource is looked up in the cloud: its name, its parents, and what makes a nameless one unique. */
const identifyingInputs: ReadonlySet<string> = new Set([
  "name",
  "description",
  "region",
  "regionName",
  "serviceName",
  "projectId",
  "engine",
  "clusterId",
  "userId",
  "networkId",
  "subnetId",
  "routerId",
  "portId",
  "floatingIp",
  "instanceId",
  "volumeId",
  "securityGroupId",
  "direction",
  "ethertype",
  "protocol",
  "portRangeMin",
  "portRangeMax",
  "remoteIpPrefix",
  "remoteGroupId",
  "loadbalancerId",
  "listenerId",
  "poolId",
  "address",
  "protocolPort",
  "containerName",
]);

/** What the engine's event log writes for a secret, and for a value that is not known before another resource is there. */
export const secretPlaceholder = "[secret]";
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * The identifying inputs of a creation; undefined while one of them is not known, because another resource has to be there first: such a
 * creation was never sent.
 */
export function identityOf(inputs: unknown): Readonly<Record<string, string | number>> | undefined {
  if (typeof inputs !== "object" || inputs === null) {
    return undefined;
  }
  const identity: Record<string, string | number> = {};
  for (const [key, value] of Object.entries(inputs)) {
    if (!identifyingInputs.has(key) || value === secretPlaceholder) {
      continue;
    }
    if (value === unknownMarker) {
      return undefined;
    }
    if (typeof value === "string" || typeof value === "number") {
      identity[key] = value;
    }
  }
  return identity;
}

/** Whether anything in the engine's inputs of a resource waits for another one. */
export function isUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value === unknownMarker;
  }
  return Object.values(value).some(isUnknown);
}

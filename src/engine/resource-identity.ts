/** Inputs that identify a resource in the cloud: its name, its parents, and what makes an unnamed one unique. */
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
  "zone",
  "subdomain",
  "fieldtype",
  "target",
]);

/** Placeholders of the engine's event log for a secret, and for a value that depends on another resource. */
export const secretPlaceholder = "[secret]";
const unknownMarker = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * Identifying inputs of a creation; undefined while one of them is unknown because another resource must exist first: such a creation was never
 * sent.
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

/** Whether any of the engine's inputs of a resource depends on another resource. */
export function isUnknown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) {
    return value === unknownMarker;
  }
  return Object.values(value).some(isUnknown);
}

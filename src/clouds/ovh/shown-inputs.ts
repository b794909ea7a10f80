import { type JsonObject, object, objects, text } from "../http/json-answer.ts";
import type { OpenStack } from "../openstack/openstack-api.ts";

type Show = (openstack: OpenStack, id: string) => Promise<JsonObject>;

const port: Show = async (openstack, id) => {
  const ports = await openstack.list("network", `/ports?${new URLSearchParams({ id })}`, "ports");
  const found = object(ports[0]);
  const groups = Array.isArray(found.security_groups) ? found.security_groups.map(text) : [];
  return {
    fixedIps: objects(found.fixed_ips).map((one) => ({
      subnetId: text(one.subnet_id),
      ipAddress: text(one.ip_address),
    })),
    securityGroupIds: groups,
  };
};

/** Ports of a server, in Neutron's order. */
const instance: Show = async (openstack, id) => {
  const ports = await openstack.list("network", `/ports?${new URLSearchParams({ device_id: id })}`, "ports");
  return { networks: ports.map((one) => ({ port: text(one.id) })) };
};

/** Write-only inputs that the cloud's own API returns: if they differed from the program's, a machine would have another address. */
export const shownInputs: Readonly<Record<string, Show>> = {
  "openstack:networking/port:Port": port,
  "openstack:compute/instance:Instance": instance,
};

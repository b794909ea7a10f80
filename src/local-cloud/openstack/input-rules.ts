import type { InputRules } from "../provider/input-rules.ts";

/** Inputs that the real provider refuses before it calls the cloud. Source: the schemas of terraform-provider-openstack v1.54.1 (`ValidateFunc`, `ConflictsWith`, `ExactlyOneOf`). */
export const openstackInputRules: Readonly<Record<string, InputRules>> = {
  "openstack:compute/instance:Instance": {
    oneOf: { powerState: ["active", "shutoff", "shelved_offloaded"] },
  },
  "openstack:compute/serverGroup:ServerGroup": { longest: { policies: 1 } },
  "openstack:networking/subnet:Subnet": {
    apart: [
      ["gatewayIp", "noGateway"],
      ["allocationPools", "allocationPoolsCollection"],
    ],
    oneOf: { ipVersion: [4, 6] },
  },
  "openstack:networking/router:Router": {
    apart: [
      ["externalGateway", "externalNetworkId"],
      ["externalFixedIps", "externalSubnetIds"],
    ],
  },
  "openstack:networking/port:Port": { apart: [["fixedIps", "noFixedIp"]] },
  "openstack:loadbalancer/listener:Listener": {
    oneOf: { protocol: ["TCP", "UDP", "SCTP", "HTTP", "HTTPS", "TERMINATED_HTTPS", "PROMETHEUS"] },
  },
  "openstack:loadbalancer/pool:Pool": {
    exactlyOne: [["loadbalancerId", "listenerId"]],
    oneOf: {
      protocol: ["TCP", "UDP", "HTTP", "HTTPS", "PROXY", "SCTP", "PROXYV2"],
      lbMethod: ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"],
      "persistence.type": ["SOURCE_IP", "HTTP_COOKIE", "APP_COOKIE"],
    },
  },
  "openstack:loadbalancer/member:Member": {
    between: { protocolPort: [1, 65535], weight: [0, 256], monitorPort: [1, 65535] },
  },
  "openstack:loadbalancer/monitor:Monitor": {
    oneOf: { type: ["TCP", "UDP-CONNECT", "HTTP", "HTTPS", "TLS-HELLO", "PING"] },
  },
  "openstack:keymanager/secretV1:SecretV1": {
    neverImported: ["acl"],
    oneOf: {
      secretType: ["symmetric", "public", "private", "passphrase", "certificate", "opaque"],
      payloadContentType: [
        "text/plain",
        "text/plain;charset=utf-8",
        "text/plain; charset=utf-8",
        "application/octet-stream",
        "application/pkcs8",
      ],
      payloadContentEncoding: ["base64", "binary"],
    },
  },
};

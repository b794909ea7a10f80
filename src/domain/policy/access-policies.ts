import { Cidr } from "../../core/cidr.ts";
import { definePolicy, type Policy } from "./policy.ts";

/** Networks that are not routed on the internet (RFC 1918, and RFC 6598 between carriers). */
const privateNetworks: readonly Cidr[] = Object.freeze(
  ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"].map((network) => Cidr.parse(network)),
);

/** Shortest accepted prefix of a network of administrators: a shorter one is no single company's. */
const widestPrefix = 8;

/** Whether a restriction of a database excludes the internet. Anything but an IPv4 network in CIDR form counts as public. */
export function isPrivateNetwork(restriction: string): boolean {
  try {
    const network = Cidr.parse(restriction);
    return privateNetworks.some((candidate) => candidate.includes(network));
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** Network access. */
export const accessPolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "database-public",
    exit: 3,
    reason:
      "a database that is reachable from the internet is found within hours, and then only its password protects it",
    remedy: "leave `access: private`, and give `network.cidr` and its subnets private addresses such as 10.10.0.0/16",
    neverWaived: "the program has no way to build a public database",
    needs: ["databases"],
    judge: ({ databases }) =>
      databases.flatMap(({ setting, allowedFrom }) =>
        allowedFrom
          .filter((restriction) => !isPrivateNetwork(restriction))
          .map((restriction) => ({
            path: setting,
            subject: setting,
            what: "the database would admit public addresses",
            seen: restriction,
            accepted: `a private network, inside ${privateNetworks.join(", ")}`,
          })),
      ),
  }),
  definePolicy({
    code: "ssh-from-anywhere",
    exit: 3,
    reason: "a bastion that the whole internet may try is found within hours, and every flaw of its SSH server with it",
    remedy: "give `access.allowFrom` the networks of the office and of the people on call, such as 203.0.113.0/24",
    needs: ["remoteAccess"],
    judge: ({ remoteAccess: { setting, allowFrom } }) =>
      allowFrom
        .filter((network) => Cidr.parse(network).prefix < widestPrefix)
        .map((network) => ({
          path: setting,
          subject: network,
          what: "the bastion would accept connections from a large part of the internet",
          seen: network,
          accepted: `networks of a prefix from /${widestPrefix} to /32`,
        })),
  }),
  definePolicy({
    code: "port-without-own-group",
    exit: 3,
    reason:
      "a port without a security group of its own gets the default group, which on some clouds admits all traffic",
    remedy: "give every server's port the security group of its part, as the components do",
    neverWaived: "the program builds no server without one: a violation is a defect, or somebody's change of a port",
    needs: ["ports"],
    judge: ({ ports }) =>
      ports
        .filter(({ group }) => group === undefined)
        .map(({ server, setting }) => ({
          path: setting,
          subject: server,
          what: `the port of ${server} has no security group of its own`,
          seen: "default",
          accepted: "the group of its part",
        })),
  }),
]);

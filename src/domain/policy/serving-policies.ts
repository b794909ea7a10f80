import { definePolicy, type Policy } from "./policy.ts";

/** Minimum number of fronts behind the load balancer. */
export const leastFronts = 2;

/** Whether a server group places its machines on different hosts, or tries to. */
export function spreads(groupPolicy: string): boolean {
  return groupPolicy === "anti-affinity" || groupPolicy === "soft-anti-affinity";
}

/** Availability while one machine fails or restarts. */
export const servingPolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "fronts-too-few",
    exit: 2,
    reason: "with one front every failure, update and resize is an outage",
    remedy: "set the number of fronts that the refusal names to 2 or more in both profile files",
    neverWaived: "a switch changes one front while another serves: with one it could not be done",
    needs: ["fronts"],
    judge: ({ fronts: { setting, count } }) =>
      (["normal", "rush"] as const)
        .filter((profile) => count[profile] < leastFronts)
        .map((profile) => ({
          path: setting,
          subject: profile,
          what: `a load balancer over one front protects from nothing (profile ${profile})`,
          seen: count[profile],
          accepted: `${leastFronts} or more`,
        })),
  }),
  definePolicy({
    code: "fronts-not-spread",
    exit: 3,
    reason: "fronts on one host are lost together when it fails",
    remedy: "put the fronts into a server group of the policy soft-anti-affinity, as the components do",
    needs: ["spread"],
    judge: ({ spread: { setting, groupPolicy } }) =>
      groupPolicy !== undefined && spreads(groupPolicy)
        ? []
        : [
            {
              path: setting,
              subject: "fronts",
              what: "nothing keeps the fronts on different hosts",
              seen: groupPolicy ?? "no server group",
              accepted: "a server group with soft-anti-affinity or anti-affinity",
            },
          ],
  }),
  definePolicy({
    code: "connections-exceed-limit",
    exit: 3,
    reason:
      "a database that refuses one more connection answers some visitors with an error while every machine is healthy",
    remedy:
      "take a larger flavor of the database, or lower the number with the settings that the refusal names: fewer or smaller machines, or fewer processes on each",
    needs: ["connections"],
    judge: ({ connections }) =>
      connections.flatMap(({ setting, profile, flavor, limit, clients, remedies }) => {
        const sum = clients.reduce((total, client) => total + client.connections, 0);
        if (sum <= limit) return [];
        const each = [...new Set(clients.map((client) => client.connections))].join(" or ");
        return [
          {
            path: `${setting}.flavor`,
            subject: setting,
            what: `in ${profile} ${clients.length === 1 ? "one machine" : `${clients.length} machines`} may hold more connections to ${setting} than ${flavor} accepts, ${each} each`,
            seen: `${sum} connections`,
            accepted: `at most ${limit} (${[`a larger ${setting}.flavor`, ...remedies].join(", or less by ")})`,
          },
        ];
      }),
  }),
]);

import { partNames } from "./address-plan.ts";
import type { LorPlan, Part } from "./plan-model.ts";

/** Inbound rules of one part; everything else inbound is refused. Managed databases have restrictions of their own. */
export interface FirewallPlan {
  /** Pulumi name of the security group. */
  readonly part: string;
  readonly cloudName: string;
  readonly description: string;
  readonly rules: readonly FirewallRulePlan[];
}

interface FirewallRulePlan {
  /** Pulumi name of the rule. */
  readonly name: string;
  readonly description: string;
  /** TCP port. */
  readonly port: number;
  /** Who may connect, as CIDR. */
  readonly from: string;
}

const anywhere = "0.0.0.0/0";

/** Who may reach the servers of Lor: only the load balancer and Odoo are reachable from outside. */
export function planFirewalls(plan: Pick<LorPlan, "prefix" | "network">): readonly FirewallPlan[] {
  const fronts = partNames.prestashop;
  const odoo = partNames.odoo;
  // The balancer has a leg in the subnet of its members besides its own, and a front takes no other traffic.
  const balancerSides: readonly Part[] = ["loadBalancer", "prestashop"];
  return [
    {
      part: fronts,
      cloudName: `${plan.prefix}-${fronts}`,
      description: "Fronts of the shop: HTTP from the load balancer",
      rules: balancerSides.map((side) => ({
        name: `${fronts}-http-from-${partNames[side]}`,
        description: `HTTP from the subnet ${partNames[side]}`,
        port: 80,
        from: subnetOf(plan, side),
      })),
    },
    {
      part: odoo,
      cloudName: `${plan.prefix}-${odoo}`,
      description: "Odoo: HTTP and HTTPS from anywhere",
      rules: [
        { name: `${odoo}-http`, description: "HTTP from anywhere", port: 80, from: anywhere },
        { name: `${odoo}-https`, description: "HTTPS from anywhere", port: 443, from: anywhere },
      ],
    },
  ];
}

function subnetOf(plan: Pick<LorPlan, "network">, part: Part): string {
  const subnet = plan.network.subnets.find((candidate) => candidate.part === part);
  if (subnet === undefined) throw new Error(`the plan has no subnet for ${part}`);
  return subnet.cidr;
}

import { partNames } from "./address-plan.ts";
import type { AccessPlan, FirewallPlan, Part, SubnetPlan } from "./plan-model.ts";

const anywhere = "0.0.0.0/0";

interface Outside {
  readonly access: AccessPlan | undefined;
  /** `odoo.allowFrom`, as CIDR. */
  readonly odooFrom: readonly string[] | undefined;
}

/** Inbound rules of Lor's servers: only the load balancer and Odoo are reachable from outside. */
export function planFirewalls(
  prefix: string,
  subnets: readonly SubnetPlan[],
  { access, odooFrom }: Outside,
): readonly FirewallPlan[] {
  const fronts = partNames.prestashop;
  const odoo = partNames.odoo;
  // The balancer has an address in the subnet of its members besides its own, and a front accepts no other traffic.
  const balancerSides: readonly Part[] = ["loadBalancer", "prestashop"];
  return [
    {
      part: fronts,
      cloudName: `${prefix}-${fronts}`,
      description: "Fronts of the shop: HTTP from the load balancer",
      rules: [
        ...balancerSides.map((side) => ({
          name: `${fronts}-http-from-${partNames[side]}`,
          description: `HTTP from the subnet ${partNames[side]}`,
          port: 80,
          from: cidrOf(subnets, side),
        })),
        ...sshFromBastion(fronts, access),
      ],
    },
    {
      part: odoo,
      cloudName: `${prefix}-${odoo}`,
      description: "Odoo: HTTP and HTTPS from anywhere",
      rules: [
        { name: `${odoo}-http`, description: "HTTP from anywhere", port: 80, from: anywhere },
        ...httpsOf(odoo, odooFrom),
        ...sshFromBastion(odoo, access),
      ],
    },
    ...(access === undefined ? [] : [bastionFirewall(prefix, access)]),
  ];
}

/** Port 80 stays open: the certificate's authority comes from anywhere, and everything else is sent to HTTPS. */
function httpsOf(part: string, from: readonly string[] | undefined): FirewallPlan["rules"] {
  if (from === undefined)
    return [{ name: `${part}-https`, description: "HTTPS from anywhere", port: 443, from: anywhere }];
  return from.map((network) => ({
    name: `${part}-https-from-${network.replace("/", "-")}`,
    description: `HTTPS from ${network}`,
    port: 443,
    from: network,
  }));
}

function sshFromBastion(part: string, access: AccessPlan | undefined): FirewallPlan["rules"] {
  if (access === undefined) return [];
  const { address } = access.bastion;
  return [{ name: `${part}-ssh`, description: "SSH from the bastion", port: 22, from: `${address}/32` }];
}

function bastionFirewall(prefix: string, { allowFrom }: AccessPlan): FirewallPlan {
  const part = partNames.access;
  return {
    part,
    cloudName: `${prefix}-${part}`,
    description: "Bastion: SSH from the networks of the administrators",
    rules: allowFrom.map((from) => ({
      name: `${part}-ssh-from-${from.replace("/", "-")}`,
      description: `SSH from ${from}`,
      port: 22,
      from,
    })),
  };
}

function cidrOf(subnets: readonly SubnetPlan[], part: Part): string {
  const subnet = subnets.find((candidate) => candidate.part === part);
  if (subnet === undefined) throw new Error(`the plan has no subnet for ${part}`);
  return subnet.cidr;
}

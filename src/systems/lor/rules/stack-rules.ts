import type { StackCollision } from "../../contract.ts";
import { parts } from "../address-plan.ts";
import type { LorSettings } from "../settings.ts";

/** Settings that two stacks of Lor cannot share: a VLAN or an address range of one vRack, and a domain. */
export function findStackCollisions(
  mine: Partial<LorSettings>,
  other: Partial<LorSettings>,
): readonly StackCollision[] {
  return [...collidingNetworks(mine.network, other.network), ...collidingDomains(mine, other)];
}

type Network = LorSettings["network"];

function collidingNetworks(mine: Network | undefined, other: Network | undefined): readonly StackCollision[] {
  if (mine === undefined || other === undefined || mine.vrack !== other.vrack) return [];
  const taken = parts.map((part) => other.subnets[part]);
  return parts.flatMap((part) => {
    const { cidr, vlan } = mine.subnets[part];
    const path = `network.subnets.${part}`;
    const ranges = taken.filter((one) => one.cidr.overlaps(cidr));
    return [
      ...(taken.some((one) => one.vlan === vlan)
        ? [
            {
              path: `${path}.vlan`,
              value: vlan,
              accepted: `a VLAN that only one stack has in the vRack ${mine.vrack}, or another vRack`,
            },
          ]
        : []),
      ...(ranges.length > 0
        ? [
            {
              path: `${path}.cidr`,
              value: cidr,
              accepted: `addresses outside ${ranges.map(({ cidr: range }) => range).join(", ")}`,
            },
          ]
        : []),
    ];
  });
}

function collidingDomains(mine: Partial<LorSettings>, other: Partial<LorSettings>): readonly StackCollision[] {
  const taken = [other.prestashop?.domain, other.odoo?.domain];
  return (["prestashop", "odoo"] as const).flatMap((section) => {
    const value = mine[section]?.domain;
    if (value === undefined || !taken.includes(value)) return [];
    return [{ path: `${section}.domain`, value, accepted: "a domain that only one stack has" }];
  });
}

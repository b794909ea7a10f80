import type { StackCollision } from "../../contract.ts";
import type { LorSettings } from "../settings.ts";
import { subnetsOf } from "../subnets.ts";

/** Settings that two stacks of Lor cannot share: a VLAN or an address range of one vRack, and a domain. */
export function findStackCollisions(
  mine: Partial<LorSettings>,
  other: Partial<LorSettings>,
): readonly StackCollision[] {
  return [...collidingNetworks(mine, other), ...collidingDomains(mine, other)];
}

function collidingNetworks(mine: Partial<LorSettings>, other: Partial<LorSettings>): readonly StackCollision[] {
  const { network, access } = mine;
  if (network === undefined || other.network === undefined || network.vrack !== other.network.vrack) return [];
  const taken = subnetsOf({ network: other.network, access: other.access });
  return subnetsOf({ network, access }).flatMap(({ cidr, vlan, setting: path }) => {
    const ranges = taken.filter((one) => one.cidr.overlaps(cidr));
    return [
      ...(taken.some((one) => one.vlan === vlan)
        ? [
            {
              path: `${path}.vlan`,
              value: vlan,
              accepted: `a VLAN that only one stack has in the vRack ${network.vrack}, or another vRack`,
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

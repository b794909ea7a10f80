import { problem } from "../../../config/problem.ts";
import type { IpAddress } from "../../../core/cidr.ts";
import type { Issue } from "../../../core/result.ts";
import { longestSubnetPrefix, reservedAddresses } from "../address-plan.ts";
import type { Part } from "../plan-model.ts";
import type { LorSettings, SubnetSettings } from "../settings.ts";
import { subnetsOf } from "../subnets.ts";
import { type Rule, sharedRule } from "./rule.ts";

type Networked = Pick<LorSettings, "network" | "access">;
type Addressed = Networked & Pick<LorSettings, "loadBalancer" | "prestashop" | "odoo">;

interface PlacedAddress {
  readonly path: string;
  readonly part: Part;
  readonly address: IpAddress;
}

export const addressRules: readonly Rule[] = Object.freeze([
  sharedRule("subnets-inside-network", ["network"], (settings) =>
    subnetsOf(settings).flatMap(({ setting, cidr }) =>
      settings.network.cidr.includes(cidr)
        ? []
        : [
            problem(`${setting}.cidr`, "subnet-outside-network", {
              what: "the subnet is outside the network",
              seen: cidr,
              accepted: `a part of ${settings.network.cidr}`,
            }),
          ],
    ),
  ),
  sharedRule("subnets-large-enough", ["network"], (settings) =>
    subnetsOf(settings).flatMap(({ setting, cidr }) =>
      cidr.prefix <= longestSubnetPrefix
        ? []
        : [
            problem(`${setting}.cidr`, "subnet-too-small", {
              what: "the subnet has no room for fixed addresses, the automatic pool (.100 to .250) and the gateway (.254)",
              seen: cidr,
              accepted: `a prefix up to /${longestSubnetPrefix}`,
            }),
          ],
    ),
  ),
  sharedRule("subnets-apart", ["network"], (settings) =>
    pairs(subnetsOf(settings)).flatMap(([first, second]) =>
      first.cidr.overlaps(second.cidr)
        ? [
            problem(`${second.setting}.cidr`, "subnets-overlap", {
              what: `the subnet overlaps the one of ${first.part} (${first.cidr})`,
              seen: second.cidr,
              accepted: "addresses that no other subnet has",
            }),
          ]
        : [],
    ),
  ),
  sharedRule("vlans-apart", ["network"], (settings) =>
    pairs(subnetsOf(settings)).flatMap(([first, second]) =>
      first.vlan === second.vlan
        ? [
            problem(`${second.setting}.vlan`, "vlan-duplicate", {
              what: `${first.part} has the same VLAN`,
              seen: second.vlan,
              accepted: "another VLAN for each part, 1 to 4094",
            }),
          ]
        : [],
    ),
  ),
  sharedRule("addresses-in-subnet", ["network", "loadBalancer", "prestashop", "odoo"], (settings) =>
    addressesOf(settings).flatMap((placed) => {
      const subnet = subnetsOf(settings).find(({ part }) => part === placed.part);
      return subnet === undefined ? [] : judgePlace(placed, subnet);
    }),
  ),
  sharedRule("addresses-apart", ["network", "loadBalancer", "prestashop", "odoo"], (settings) =>
    pairs(addressesOf(settings)).flatMap(([first, second]) =>
      first.address.equals(second.address)
        ? [
            problem(second.path, "address-duplicate", {
              what: `${first.path} has the same address`,
              seen: second.address,
              accepted: "another address for each server",
            }),
          ]
        : [],
    ),
  ),
]);

function judgePlace({ path, part, address }: PlacedAddress, { cidr }: SubnetSettings): readonly Issue[] {
  if (!cidr.contains(address)) {
    return [
      problem(path, "address-outside-subnet", {
        what: `the address is outside the subnet of ${part}`,
        seen: address,
        accepted: `an address of ${cidr}`,
      }),
    ];
  }
  if (cidr.prefix > longestSubnetPrefix) return [];
  const { gateway, poolStart, poolEnd } = reservedAddresses(cidr);
  const accepted = `an address of ${cidr} besides ${gateway} and ${poolStart} to ${poolEnd}`;
  if (address.equals(gateway)) {
    return [problem(path, "address-is-gateway", { what: "the address is the gateway's", seen: address, accepted })];
  }
  if (address.toNumber() >= poolStart.toNumber() && address.toNumber() <= poolEnd.toNumber()) {
    return [
      problem(path, "address-in-pool", {
        what: "the address is in the range that the cloud assigns automatically",
        seen: address,
        accepted,
      }),
    ];
  }
  if (address.equals(cidr.first) || address.equals(cidr.last)) {
    return [
      problem(path, "address-reserved", {
        what: "the first and the last address of a network cannot be a server's",
        seen: address,
        accepted,
      }),
    ];
  }
  return [];
}

function addressesOf({ loadBalancer, prestashop, odoo, access }: Addressed): readonly PlacedAddress[] {
  return [
    { path: "loadBalancer.address", part: "loadBalancer", address: loadBalancer.address },
    ...prestashop.addresses.map((address, index) => ({
      path: `prestashop.addresses.${index}`,
      part: "prestashop" as const,
      address,
    })),
    { path: "odoo.address", part: "odoo", address: odoo.address },
    ...(access === undefined
      ? []
      : [{ path: "access.bastion.address", part: "access" as const, address: access.bastion.address }]),
  ];
}

function pairs<T>(values: readonly T[]): readonly (readonly [T, T])[] {
  return values.flatMap((first, index) => values.slice(index + 1).map((second) => [first, second] as const));
}

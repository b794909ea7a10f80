import { parts } from "./address-plan.ts";
import type { Part } from "./plan-model.ts";
import type { LorSettings, SubnetSettings } from "./settings.ts";

interface PartSubnet extends SubnetSettings {
  readonly part: Part;
  /** Path of its group of settings, such as `network.subnets.odoo`. */
  readonly setting: string;
}

/** Every subnet of the settings, in the order of the address plan. */
export function subnetsOf({ network, access }: Pick<LorSettings, "network" | "access">): readonly PartSubnet[] {
  return [
    ...parts.map((part) => ({ ...network.subnets[part], part, setting: `network.subnets.${part}` })),
    ...(access === undefined ? [] : [{ ...access.subnet, part: "access" as const, setting: "access.subnet" }]),
  ];
}

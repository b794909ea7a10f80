import { findInstance, systemDiskGigabytes } from "../../../clouds/ovh/offers.ts";
import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";
import type { LorSettings } from "../settings.ts";
import { type PairOf, pairRule, type Rule } from "./rule.ts";

/** Rules between the two profiles: rush is larger, and the switch is reversible. */
export const pairRules: readonly Rule[] = Object.freeze([
  pairRule("rush-has-more-fronts", ["prestashop"], ({ normal, rush }) =>
    smaller("prestashop.fronts", normal.prestashop.fronts, rush.prestashop.fronts, String),
  ),
  pairRule("rush-has-larger-fronts", ["prestashop"], ({ normal, rush }) => {
    const small = findInstance(normal.prestashop.frontsFlavor);
    const large = findInstance(rush.prestashop.frontsFlavor);
    if (small === undefined || large === undefined) return [];
    if (large.memoryMegabytes >= small.memoryMegabytes && large.cores >= small.cores) return [];
    return smallerIssue("prestashop.frontsFlavor", large.size, small.size);
  }),
  pairRule("rush-has-more-bandwidth", ["loadBalancer"], ({ normal, rush }) =>
    smaller(
      "loadBalancer.bandwidth",
      normal.loadBalancer.bandwidth,
      rush.loadBalancer.bandwidth,
      (value) => `${value} Mbit/s`,
    ),
  ),
  pairRule("enough-addresses", ["prestashop", "rolling"], ({ normal, rush }) => {
    const { fronts, temporary } = frontsAtOnce({ normal, rush });
    const { addresses } = normal.prestashop;
    if (addresses.length >= fronts) return [];
    const why = temporary
      ? "rush only resizes the fronts, so a temporary front serves while each of them restarts, and it needs an address too"
      : "every front needs an address of its own";
    return [
      problem("prestashop.addresses", "addresses-too-few", {
        what: why,
        seen: `${addresses.length} addresses`,
        accepted: `${fronts} addresses or more`,
      }),
    ];
  }),
  pairRule("comes-back", ["prestashop"], ({ normal, rush }) => {
    const { flavorFamily, frontsFlavor: small } = normal.prestashop;
    const { frontsFlavor: large } = rush.prestashop;
    const before = systemDiskGigabytes(small, flavorFamily);
    const after = systemDiskGigabytes(large, flavorFamily);
    if (before === undefined || after === undefined || after <= before) return [];
    return [
      problem("prestashop.flavorFamily", "pair-cannot-come-back", {
        what: `after rush the fronts could not go back to normal: a ${flavorFamily} ${large} has a system disk of ${after} GB, ${small} one of ${before} GB, and a disk cannot shrink`,
        seen: flavorFamily,
        accepted: "flex, whose sizes all have the same system disk, or the same size in both profiles",
      }),
    ];
  }),
  pairRule("load-balancer-resizes", ["loadBalancer"], ({ normal, rush }) => {
    const { driver, bandwidth } = normal.loadBalancer;
    if (driver === "ovh" || bandwidth === rush.loadBalancer.bandwidth) return [];
    return [
      problem("loadBalancer.driver", "load-balancer-cannot-resize", {
        what: `the size of this load balancer is fixed when it is created, and the profiles ask for ${bandwidth} and ${rush.loadBalancer.bandwidth} Mbit/s`,
        seen: driver,
        accepted: "ovh, or the same bandwidth in both profiles",
      }),
    ];
  }),
]);

/** Largest number of simultaneous fronts, including the temporary one of a switch that only resizes. */
export function frontsAtOnce({ normal, rush }: PairOf<"prestashop" | "rolling">): {
  readonly fronts: number;
  readonly temporary: boolean;
} {
  const most = Math.max(normal.prestashop.fronts, rush.prestashop.fronts);
  const temporary =
    normal.prestashop.fronts === rush.prestashop.fronts &&
    normal.prestashop.frontsFlavor !== rush.prestashop.frontsFlavor &&
    !mayOneLeave(normal);
  return { fronts: temporary ? most + 1 : most, temporary };
}

/** Whether the minimum allows a front of normal to leave without a replacement. */
function mayOneLeave({ prestashop: { fronts }, rolling: { minHealthy } }: Pick<LorSettings, "prestashop" | "rolling">) {
  if (minHealthy === undefined) return false;
  const minimum = typeof minHealthy === "number" ? minHealthy : Math.ceil((fronts * minHealthy.percent) / 100);
  return minimum < fronts;
}

function smaller(path: string, normal: number, rush: number, show: (value: number) => string): readonly Issue[] {
  return rush >= normal ? [] : smallerIssue(path, show(rush), show(normal));
}

function smallerIssue(path: string, rush: string, normal: string): readonly Issue[] {
  return [
    problem(path, "rush-smaller-than-normal", {
      what: `rush is smaller than normal (${normal})`,
      seen: rush,
      accepted: `${normal} or more`,
    }),
  ];
}

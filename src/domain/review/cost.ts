import { type Money, sumIfKnown } from "../../core/money.ts";
import type { MonthlyPrice } from "../calendar/price.ts";
import type { RecordedFleet } from "./journal-record.ts";
import type { FleetTime } from "./season.ts";

export interface FleetPricing {
  /** A month of a fleet; undefined: it cannot be priced, such as one whose size is sold no more. */
  readonly monthOf: (fleet: RecordedFleet) => MonthlyPrice | undefined;
  readonly normal: MonthlyPrice;
  /** Hours that a month of these prices is counted as. */
  readonly hoursPerMonth: number;
}

/** What a season cost, pro rata. Undefined: unknown, never zero. */
export interface SeasonCost {
  readonly total: Money | undefined;
  /** More than the same time in normal. */
  readonly extra: Money | undefined;
}

/** Each fleet's time by its monthly price; a fleet that came back is counted as one time, so that it is rounded once. */
export function costOfFleets(
  times: readonly FleetTime[],
  { monthOf, normal, hoursPerMonth }: FleetPricing,
): SeasonCost {
  const spans = new Map<string, { readonly fleet: RecordedFleet; milliseconds: number }>();
  for (const { fleet, from, to } of times) {
    const key = JSON.stringify([fleet.loadBalancerBandwidth, fleet.fronts.map(({ name, size }) => [name, size])]);
    const span = spans.get(key) ?? { fleet, milliseconds: 0 };
    span.milliseconds += Math.max(0, Date.parse(to) - Date.parse(from));
    spans.set(key, span);
  }
  const share = (month: MonthlyPrice | undefined, milliseconds: number) =>
    month?.known?.share(Math.round(milliseconds / 1000), hoursPerMonth * 3600);
  const sums = [...spans.values()].map(({ fleet, milliseconds }) => share(monthOf(fleet), milliseconds));
  const total = sumIfKnown(sums);
  const all = [...spans.values()].reduce((time, { milliseconds }) => time + milliseconds, 0);
  const inNormal = share(normal, all);
  return { total, extra: total === undefined || inNormal === undefined ? undefined : total.minus(inNormal) };
}

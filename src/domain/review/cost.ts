import { type Money, sumIfKnown } from "../../core/money.ts";
import type { MonthlyPrice } from "../calendar/price.ts";
import type { RecordedFleet } from "./journal-record.ts";
import type { FleetTime } from "./season.ts";

export interface FleetPricing {
  /** Monthly price of a fleet; undefined: unknown, for example because its size is no longer sold. */
  readonly monthOf: (fleet: RecordedFleet) => MonthlyPrice | undefined;
  readonly normal: MonthlyPrice;
  /** Hours in a month of these prices. */
  readonly hoursPerMonth: number;
}

/** Cost of a season, pro rata. Undefined: unknown, never zero. */
export interface SeasonCost {
  readonly total: Money | undefined;
  /** Additional cost over the same period in normal. */
  readonly extra: Money | undefined;
}

/** Time of each fleet multiplied by its monthly price. Separate periods of one fleet are added before rounding. */
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

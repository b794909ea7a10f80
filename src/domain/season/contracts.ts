import { type Money, sumIfKnown } from "../../core/money.ts";
import {
  type BillingChoice,
  type Contract,
  cheaperOf,
  chooseBilling,
  type InstancePrice,
  type InstanceUse,
} from "../billing.ts";
import type { RushWindow } from "../calendar/windows.ts";
import type { SeasonInstance } from "./instances.ts";
import { clip, monthsOf, type Period, secondsTogether, spanOf } from "./period.ts";

/** Contract of one instance in one size for one period. */
export interface SeasonContract {
  readonly instance: SeasonInstance;
  /** Rush that it is for; undefined: the whole period, or the part of it outside every rush. */
  readonly window: RushWindow | undefined;
  readonly price: InstancePrice;
  readonly use: InstanceUse;
  readonly choice: BillingChoice;
}

/** The cheaper contract for each permanent instance over a period, and for each rush instance in each window. */
export function contractsOf(
  instances: readonly SeasonInstance[],
  period: Period,
  windows: readonly RushWindow[],
  priceOf: (size: string) => InstancePrice,
): readonly SeasonContract[] {
  const contract = (instance: SeasonInstance, use: InstanceUse, window?: RushWindow): SeasonContract => {
    const price = priceOf(instance.size);
    return { instance, window, price, use, choice: chooseBilling(price, use) };
  };
  return instances.flatMap((instance) =>
    instance.when === "rush" || instance.when === "extra"
      ? windows.map((window) => contract(instance, useInWindow(window), window))
      : [contract(instance, useOverPeriod(instance, period, windows))],
  );
}

/** An instance that rush resizes, over a whole period: it is on a plan all the time, or never. */
export interface ResizedContract {
  readonly name: string;
  readonly sizes: { readonly normal: string; readonly rush: string };
  readonly hourly: Money | undefined;
  /** Upper bound: every month in the smaller size, and every month with a rush in the larger one, in full. */
  readonly monthlyPlan: Money | undefined;
  /** Undefined: a price is unknown. */
  readonly cheaper: Contract | undefined;
}

/** The one choice for each instance that rush resizes: a monthly plan cannot be changed back to hourly billing. */
export function contractsOfResized(
  instances: readonly SeasonInstance[],
  period: Period,
  windows: readonly RushWindow[],
  priceOf: (size: string) => InstancePrice,
): readonly ResizedContract[] {
  const inside = windows.map(({ firstDay, lastDay }) =>
    clip({ from: firstDay, until: lastDay.add({ days: 1 }) }, period),
  );
  const largeMonths = inside.reduce((sum, window) => sum + monthsOf(window).length, 0);
  const largeHours = begunHours(secondsInRush(period, windows));
  return instances
    .filter(({ when }) => when === "outside-rush")
    .flatMap((small) => {
      const large = instances.find(({ name, when }) => name === small.name && when === "rush");
      if (large === undefined) return [];
      const use = useOverPeriod(small, period, windows);
      const prices = { small: priceOf(small.size), large: priceOf(large.size) };
      const hourly = sumIfKnown([prices.small.hour?.times(use.hours), prices.large.hour?.times(largeHours)]);
      const monthlyPlan = sumIfKnown([
        prices.small.monthlyPlan?.times(use.months),
        prices.large.monthlyPlan?.times(largeMonths),
      ]);
      return [
        {
          name: small.name,
          sizes: { normal: small.size, rush: large.size },
          hourly,
          monthlyPlan,
          cheaper: hourly === undefined || monthlyPlan === undefined ? undefined : cheaperOf(hourly, monthlyPlan),
        },
      ];
    });
}

function secondsInRush(period: Period, windows: readonly RushWindow[]): number {
  return windows.reduce((sum, { wall }) => sum + secondsTogether(spanOf(period), wall), 0);
}

/** A plan cannot be cancelled: a permanent instance pays for it in the months of rush too, when it has another size. */
function useOverPeriod({ when }: SeasonInstance, period: Period, windows: readonly RushWindow[]): InstanceUse {
  const whole = spanOf(period);
  const seconds = (whole.to - whole.from) / 1000 - (when === "outside-rush" ? secondsInRush(period, windows) : 0);
  return { hours: begunHours(seconds), months: monthsOf(period).length };
}

function useInWindow({ seconds, firstDay, lastDay }: RushWindow): InstanceUse {
  const months = monthsOf({ from: firstDay, until: lastDay.add({ days: 1 }) }).length;
  const { day, daysInMonth } = firstDay;
  return {
    hours: begunHours(seconds),
    months,
    firstMonth: day === 1 ? undefined : { days: daysInMonth - day + 1, of: daysInMonth },
  };
}

/** Each hour begun is billed. */
export function begunHours(seconds: number): number {
  return Math.ceil(seconds / 3600);
}

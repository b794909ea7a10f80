import { type Money, sumIfKnown } from "../../core/money.ts";
import type { MonthlyPrice, MonthlyPrices } from "../calendar/price.ts";
import { type MonthPart, monthsOf, type Period, type Span, secondsTogether } from "./period.ts";

/** Cost of a period, as far as prices are known. */
export interface SeasonPrices extends MonthlyPrices {
  readonly switches: { readonly toRush: SwitchPrice; readonly toNormal: SwitchPrice };
}

/** During a switch, new charges have begun and old ones have not ended. */
export interface SwitchPrice {
  /** Hours begun of one switch. */
  readonly hours: number;
  /** Monthly price of the charges that end with it: the smaller sizes at a scale-up, the larger ones and the extra front at a scale-down. */
  readonly leaving: MonthlyPrice;
}

/** Amounts to the cent; undefined: unknown, never zero. */
export interface SeasonCost {
  readonly rushSeconds: number;
  readonly normalSeconds: number;
  /** Switches that begin in it. */
  readonly switches: number;
  readonly inNormal: Money | undefined;
  readonly inRush: Money | undefined;
  readonly inSwitches: Money | undefined;
  /** Sum of the three. */
  readonly total: Money | undefined;
  /** The same period without a rush, and in rush all the time. */
  readonly alwaysNormal: Money | undefined;
  readonly alwaysRush: Money | undefined;
}

export interface MonthCost extends SeasonCost {
  readonly part: MonthPart;
}

export interface PeriodCost {
  readonly months: readonly MonthCost[];
  /** The sum of the months. */
  readonly total: SeasonCost;
}

/**
 * Cost of a period with its rush windows by month, beside the cost without them. Pro rata by the hours of the price book's month. The cost of a
 * month is the difference of two running totals, so nothing is rounded twice and the months add up to the total to the cent.
 * @param windows in order, without overlaps; parts outside the period are not counted, nor a switch that begins there
 */
export function pricePeriod(period: Period, windows: readonly Span[], prices: SeasonPrices): PeriodCost {
  const months: MonthCost[] = [];
  let runUp: RunUp = { seconds: 0, rushSeconds: 0, toRush: 0, toNormal: 0 };
  let before = costOf(runUp, prices);
  for (const part of monthsOf(period)) {
    runUp = {
      seconds: runUp.seconds + (part.to - part.from) / 1000,
      rushSeconds: windows.reduce((sum, window) => sum + secondsTogether(part, window), runUp.rushSeconds),
      toRush: runUp.toRush + windows.filter(({ from }) => isIn(part, from)).length,
      toNormal: runUp.toNormal + windows.filter(({ to }) => isIn(part, to)).length,
    };
    const after = costOf(runUp, prices);
    months.push({ part, ...less(after, before) });
    before = after;
  }
  return { months, total: before };
}

/** Running total since the beginning of the period. */
interface RunUp {
  readonly seconds: number;
  readonly rushSeconds: number;
  readonly toRush: number;
  readonly toNormal: number;
}

function costOf({ seconds, rushSeconds, toRush, toNormal }: RunUp, prices: SeasonPrices): SeasonCost {
  const { normal, rush, switches, hoursPerMonth } = prices;
  const normalSeconds = seconds - rushSeconds;
  const share = ({ known }: MonthlyPrice, of: number) => known?.share(of, hoursPerMonth * 3600);
  const oneSwitch = ({ leaving, hours }: SwitchPrice) => share(leaving, hours * 3600);
  // Excludes the time in rush, so that a month without rush equals one in normal to the cent.
  const inNormal = minus(share(normal, seconds), share(normal, rushSeconds));
  const inRush = share(rush, rushSeconds);
  const inSwitches = sumIfKnown([
    oneSwitch(switches.toRush)?.times(toRush),
    oneSwitch(switches.toNormal)?.times(toNormal),
  ]);
  return {
    rushSeconds,
    normalSeconds,
    switches: toRush + toNormal,
    inNormal,
    inRush,
    inSwitches,
    total: sumIfKnown([inNormal, inRush, inSwitches]),
    alwaysNormal: share(normal, seconds),
    alwaysRush: share(rush, seconds),
  };
}

function less(after: SeasonCost, before: SeasonCost): SeasonCost {
  const money = (name: "inNormal" | "inRush" | "inSwitches" | "total" | "alwaysNormal" | "alwaysRush") =>
    minus(after[name], before[name]);
  return {
    rushSeconds: after.rushSeconds - before.rushSeconds,
    normalSeconds: after.normalSeconds - before.normalSeconds,
    switches: after.switches - before.switches,
    inNormal: money("inNormal"),
    inRush: money("inRush"),
    inSwitches: money("inSwitches"),
    total: money("total"),
    alwaysNormal: money("alwaysNormal"),
    alwaysRush: money("alwaysRush"),
  };
}

function isIn({ from, to }: Span, moment: number): boolean {
  return from <= moment && moment < to;
}

function minus(one: Money | undefined, other: Money | undefined): Money | undefined {
  return one === undefined || other === undefined ? undefined : one.minus(other);
}

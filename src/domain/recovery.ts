/** What may happen to a system. */
export type Disruption = "instance-lost" | "database-crash" | "operator-mistake" | "region-lost";

export const disruptions: readonly Disruption[] = Object.freeze([
  "instance-lost",
  "database-crash",
  "operator-mistake",
  "region-lost",
]);

/** Most data, in time, that one data set loses in one disruption. */
export interface DataLoss {
  readonly dataSet: string;
  readonly disruption: Disruption;
  /** Sum of the terms; null: there is no copy and everything is lost. */
  readonly worstCaseSeconds: number | null;
  /** What the sum is made of; empty when there is no copy. */
  readonly terms: readonly DataLossTerm[];
  /** Data that is nowhere else: it must hold the company's RPO. What is made again from settings need not. */
  readonly mustHold: boolean;
  /** One sentence for a person: the sum, or "no copy: unlimited", and what follows from it. */
  readonly statement: string;
}

export interface DataLossTerm {
  /** Such as `interval` or `duration of the copy`. */
  readonly name: string;
  readonly seconds: number;
  readonly source: DataLossSource;
}

/** What makes the term true: a created resource or a timer on guests. */
export type DataLossSource =
  | { readonly kind: "resource"; readonly type: string; readonly name: string }
  | { readonly kind: "timer"; readonly timer: string; readonly guests: readonly string[] };

export interface LossArgs {
  readonly dataSet: string;
  readonly disruption: Disruption;
  readonly mustHold: boolean;
  readonly terms: readonly DataLossTerm[];
  /** What follows from it, after the sum. */
  readonly remark: string;
}

/** A loss that is bounded by copies. */
export function boundedLoss({ dataSet, disruption, mustHold, terms, remark }: LossArgs): DataLoss {
  const worstCaseSeconds = terms.reduce((total, term) => total + term.seconds, 0);
  return {
    dataSet,
    disruption,
    worstCaseSeconds,
    terms,
    mustHold,
    statement: `at most ${renderSum(worstCaseSeconds, terms)}: ${remark}`,
  };
}

/** A loss without a copy: never a number. */
export function unlimitedLoss({ dataSet, disruption, mustHold, remark }: Omit<LossArgs, "terms">): DataLoss {
  return {
    dataSet,
    disruption,
    worstCaseSeconds: null,
    terms: [],
    mustHold,
    statement: `no copy: unlimited; ${remark}`,
  };
}

/** Whether a loss stays within what the company accepts. */
export function holds({ mustHold, worstCaseSeconds }: DataLoss, rpoSeconds: number): boolean {
  return !mustHold || (worstCaseSeconds !== null && worstCaseSeconds <= rpoSeconds);
}

function renderSum(total: number, terms: readonly DataLossTerm[]): string {
  const parts = terms.map(({ name, seconds }) => `${name} ${renderSeconds(seconds)}`);
  return `${renderSeconds(total)} = ${parts.join(" + ")}`;
}

/** `1 h 30 min`; the units that are zero are left out. */
export function renderSeconds(seconds: number): string {
  const units: readonly (readonly [amount: number, unit: string])[] = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor((seconds % 86_400) / 3600), "h"],
    [Math.floor((seconds % 3600) / 60), "min"],
    [seconds % 60, "s"],
  ];
  const written = units.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return written.length === 0 ? "0 s" : written.join(" ");
}

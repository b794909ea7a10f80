/** A disruption of a system. */
export type Disruption = "instance-lost" | "database-crash" | "operator-mistake" | "region-lost";

export const disruptions: readonly Disruption[] = Object.freeze([
  "instance-lost",
  "database-crash",
  "operator-mistake",
  "region-lost",
]);

/** Worst-case loss of one data set in one disruption, as a period of time. */
export interface DataLoss {
  readonly dataSet: string;
  readonly disruption: Disruption;
  /** Sum of the terms; null: without a copy everything is lost. */
  readonly worstCaseSeconds: number | null;
  /** Terms of the sum; empty when there is no copy. */
  readonly terms: readonly DataLossTerm[];
  /** Whether the data exists nowhere else and must hold the company's RPO. Data that is generated from settings need not. */
  readonly mustHold: boolean;
  /** One sentence: the sum, or "no copy: unlimited", and its consequences. */
  readonly statement: string;
}

export interface DataLossTerm {
  /** Such as `interval` or `duration of the copy`. */
  readonly name: string;
  readonly seconds: number;
  readonly source: DataLossSource;
}

/** Cause of the term: a created resource or a timer on guests. */
export type DataLossSource =
  | { readonly kind: "resource"; readonly type: string; readonly name: string }
  | { readonly kind: "timer"; readonly timer: string; readonly guests: readonly string[] };

export interface LossArgs {
  readonly dataSet: string;
  readonly disruption: Disruption;
  readonly mustHold: boolean;
  readonly terms: readonly DataLossTerm[];
  /** Consequences, after the sum. */
  readonly remark: string;
}

/** A loss that copies limit. */
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

/** An unlimited loss, without a copy. */
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

/** Whether a loss is acceptable. */
export function holds({ mustHold, worstCaseSeconds }: DataLoss, rpoSeconds: number): boolean {
  return !mustHold || (worstCaseSeconds !== null && worstCaseSeconds <= rpoSeconds);
}

function renderSum(total: number, terms: readonly DataLossTerm[]): string {
  const parts = terms.map(({ name, seconds }) => `${name} ${renderSeconds(seconds)}`);
  return `${renderSeconds(total)} = ${parts.join(" + ")}`;
}

/** `1 h 30 min`, without units that are zero. */
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

/** What a review reads of a line of a stack's journal. */
export interface JournalRecord {
  /** ISO 8601. */
  readonly at: string;
  /** One for each run of a command. */
  readonly run: string;
  readonly operation: string;
  readonly event: string;
  /** Of a step, such as `resize-front ps-0`; of a task its name. */
  readonly what?: string;
  /** Error code of a failure. */
  readonly code?: string;
  readonly expected?: RecordedExpectation;
  readonly fleet?: RecordedFleet;
}

/** How long a step should take. */
export interface RecordedExpectation {
  readonly seconds: number;
  /** Past steps of this stack on this cloud that it is the median of; 0: an estimate for the real cloud. */
  readonly samples: number;
}

/** What was there when somebody looked. */
export interface RecordedFleet {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  readonly fronts: readonly RecordedFront[];
}

interface RecordedFront {
  readonly name: string;
  /** As the customer names it, such as `b2-7`. */
  readonly size: string;
  readonly serves: boolean;
}

/** Fields of a stack's journal that a review reads. */
export interface JournalRecord {
  /** ISO 8601. */
  readonly at: string;
  /** One per run of a command. */
  readonly run: string;
  readonly operation: string;
  readonly event: string;
  /** Of a step, such as `resize-front ps-0`; of a hook its name. */
  readonly what?: string;
  /** Error code of a failure. */
  readonly code?: string;
  readonly expected?: RecordedExpectation;
  readonly fleet?: RecordedFleet;
}

/** Expected duration of a step. */
export interface RecordedExpectation {
  readonly seconds: number;
  /** Number of past steps of this stack on this cloud of which it is the median; 0: an estimate for the real cloud. */
  readonly samples: number;
}

/** Fleet as observed. */
export interface RecordedFleet {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  readonly fronts: readonly RecordedFront[];
}

interface RecordedFront {
  readonly name: string;
  /** As named in the settings, such as `b2-7`. */
  readonly size: string;
  readonly serves: boolean;
}

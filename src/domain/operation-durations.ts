/** Expected duration of one operation on one resource, in seconds. */
export interface OperationDurations {
  readonly create: number;
  readonly update: number;
  readonly delete: number;
}

/** Expected durations of a cloud's operations: estimates for a forecast, never a promise. */
export interface CloudDurations {
  /** By prefix of the type token; the first match counts. A type without a match takes as long as one API call. */
  readonly resources: readonly (readonly [prefix: string, OperationDurations])[];
  /** Prefixes of type tokens in the order of creation; resources of one stage are created in parallel. */
  readonly stages: readonly string[];
  /** Type tokens of the resources that a rolling switch changes. */
  readonly switched: {
    readonly loadBalancer: string;
    /** Machine of one member; it is resized in place. */
    readonly machine: string;
    /** Resources that a new member waits for once its machine exists. */
    readonly joining: readonly string[];
  };
}

const callSeconds = 2;

/** Expected duration of operations on resources of a type. */
export function durationsOf({ resources }: Pick<CloudDurations, "resources">, type: string): OperationDurations {
  const found = resources.find(([prefix]) => type.startsWith(prefix));
  return found?.[1] ?? { create: callSeconds, update: callSeconds, delete: callSeconds };
}

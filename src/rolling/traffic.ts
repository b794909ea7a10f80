/** Traffic of a load balancer between two readings of its counters. */
export interface Traffic {
  /** Seconds between the two looks. */
  readonly seconds: number;
  /** The larger of the two. */
  readonly openConnections: number;
  /** New ones; undefined: its counters began anew in between. */
  readonly connectionsPerSecond: number | undefined;
  /** Requests in between that it could not read. */
  readonly requestErrors: number;
}

/** Counters of a load balancer at a moment. */
interface Counters {
  readonly connections: number;
  readonly openConnections: number;
  readonly requestErrors: number;
}

export function trafficBetween(first: Counters, second: Counters, seconds: number): Traffic {
  const counted = second.connections - first.connections;
  return {
    seconds,
    openConnections: Math.max(first.openConnections, second.openConnections),
    connectionsPerSecond: counted < 0 || seconds <= 0 ? undefined : counted / seconds,
    requestErrors: Math.max(0, second.requestErrors - first.requestErrors),
  };
}

/** Traffic that a fleet can serve. */
export interface ServingCapacity {
  /** Open connections. */
  readonly connections: number;
  /** Rate of new connections, per second. */
  readonly connectionsPerSecond: number;
}

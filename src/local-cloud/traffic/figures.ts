/** Traffic through all load balancers since the start or the last reset. */
export interface TrafficFigures {
  readonly requests: number;
  /** Answered with 5xx, or cut before the answer was complete. */
  readonly failures: number;
  /** The failures by cause, such as `no member`, `status 503`, `connection cut`. */
  readonly causes: Readonly<Record<string, number>>;
  readonly members: Readonly<Record<string, MemberFigures>>;
  /** Addresses that could not be opened on this machine. */
  readonly problems: readonly string[];
}

/** An address of the traffic that the local cloud could not bind. */
export interface UnboundAddress {
  /** Such as `127.10.1.10:8080`. */
  readonly address: string;
  /** Server at that address: `instance <id> <address>:<port>` or `listener …`, with addresses of the cloud. */
  readonly owner: string;
  /** The system's error code, such as `EADDRINUSE`, or its message. */
  readonly error: string;
}

interface MemberFigures {
  readonly requests: number;
  readonly failures: number;
  /** Requests in progress. */
  readonly active: number;
}

/** Octavia's statistics of a load balancer: since its creation, over all its listeners. */
export interface BalancerFigures {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Accepted so far. */
  readonly totalConnections: number;
  /** Open now. */
  readonly activeConnections: number;
  /** Requests that could not be read. */
  readonly requestErrors: number;
}

export class TrafficCounters {
  #requests = 0;
  #failures = 0;
  #causes = new Map<string, number>();
  readonly #members = new Map<string, { requests: number; failures: number; active: number }>();
  readonly #balancers = new Map<string, { -readonly [K in keyof BalancerFigures]: BalancerFigures[K] }>();

  request(): void {
    this.#requests++;
  }

  failure(cause: string, memberId?: string): void {
    this.#failures++;
    this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + 1);
    if (memberId !== undefined) this.#member(memberId).failures++;
  }

  begin(memberId: string): void {
    const member = this.#member(memberId);
    member.requests++;
    member.active++;
  }

  end(memberId: string): void {
    this.#member(memberId).active--;
  }

  connectionOpened(balancerId: string): void {
    const balancer = this.#balancer(balancerId);
    balancer.totalConnections++;
    balancer.activeConnections++;
  }

  connectionClosed(balancerId: string, bytes: { readonly in: number; readonly out: number }): void {
    const balancer = this.#balancer(balancerId);
    balancer.activeConnections--;
    balancer.bytesIn += bytes.in;
    balancer.bytesOut += bytes.out;
  }

  requestError(balancerId: string): void {
    this.#balancer(balancerId).requestErrors++;
  }

  /** Not reset: Octavia's count since the creation too. */
  ofBalancer(balancerId: string): BalancerFigures {
    return { ...this.#balancer(balancerId) };
  }

  active(memberId: string): number {
    return this.#members.get(memberId)?.active ?? 0;
  }

  /** Forgets what is over; what is in progress goes on being counted. */
  reset(): void {
    this.#requests = 0;
    this.#failures = 0;
    this.#causes.clear();
    for (const member of this.#members.values()) {
      member.requests = 0;
      member.failures = 0;
    }
  }

  read(problems: readonly string[]): TrafficFigures {
    return {
      requests: this.#requests,
      failures: this.#failures,
      causes: Object.fromEntries(this.#causes),
      members: Object.fromEntries([...this.#members].map(([id, member]) => [id, { ...member }])),
      problems,
    };
  }

  #member(id: string): { requests: number; failures: number; active: number } {
    let member = this.#members.get(id);
    if (member === undefined) {
      member = { requests: 0, failures: 0, active: 0 };
      this.#members.set(id, member);
    }
    return member;
  }

  #balancer(id: string) {
    let balancer = this.#balancers.get(id);
    if (balancer === undefined) {
      balancer = { bytesIn: 0, bytesOut: 0, totalConnections: 0, activeConnections: 0, requestErrors: 0 };
      this.#balancers.set(id, balancer);
    }
    return balancer;
  }
}

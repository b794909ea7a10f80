import type { Socket } from "node:net";

/** Traffic's view of the cloud, read again after every change. */
export interface TrafficModel {
  instances(): readonly InstanceModel[];
  balancers(): readonly BalancerModel[];
}

export interface InstanceModel {
  readonly id: string;
  readonly name: string;
  /** Flavor name. */
  readonly flavor: string;
  /** Fixed and floating addresses. */
  readonly addresses: readonly string[];
  /** Ports on which its web server listens; none while the guest is not up. */
  readonly ports: readonly number[];
  /** Fingerprint that answers of http-01 end with, from its document; undefined: it answers none. */
  readonly acmeThumbprint?: () => string | undefined;
  /** Result of `/health`, computed at every request. */
  readonly health: () => InstanceHealth;
  /** Database that its pages ask; undefined: none that is modelled. */
  readonly database?: DatabaseModel | undefined;
  /** Connects to a port of a machine that really boots; rejects when it refuses. Absent: the machine is modelled, and answered for here. */
  readonly connect?: ((port: number) => Promise<Socket>) | undefined;
}

export interface DatabaseModel {
  readonly id: string;
  /** Connections that it accepts at the same time, from all instances. */
  readonly maxConnections: number;
  /** Connections that one page holds while it is made. */
  readonly perRequest: number;
}

export interface InstanceHealth {
  readonly healthy: boolean;
  /** Why, in words. */
  readonly reason: string;
}

export interface BalancerModel {
  readonly id: string;
  readonly name: string;
  /** Its own address and the floating addresses that lead to it. */
  readonly addresses: readonly string[];
  readonly listeners: readonly ListenerModel[];
  readonly pools: readonly PoolModel[];
}

export interface ListenerModel {
  readonly id: string;
  readonly port: number;
  /** PKCS#12 of a listener that ends TLS; absent for plain HTTP. */
  readonly pkcs12?: Buffer;
  /** Adds X-Forwarded-Proto. */
  readonly forwardedProto: boolean;
  readonly poolId: string | undefined;
  /** Time without a byte, in milliseconds of the real world, as requests take it. */
  readonly timeouts: { readonly client: number; readonly memberConnect: number; readonly memberData: number };
}

export interface PoolModel {
  readonly id: string;
  readonly members: readonly MemberModel[];
  readonly monitor: MonitorModel | undefined;
}

export interface MemberModel {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  /** 0: no new request. */
  readonly weight: number;
  /** Do packets of the balancer reach it (security groups)? */
  readonly reachable: () => boolean;
}

export interface MonitorModel {
  /** Seconds between two checks, in the cloud's time. */
  readonly delaySeconds: number;
  readonly timeoutSeconds: number;
  /** Successes in a row that bring a member back. */
  readonly maxRetries: number;
  /** Failures in a row that take it out. */
  readonly maxRetriesDown: number;
  readonly path: string;
  readonly expectedCodes: ReadonlySet<number>;
}

/** `200`, `200,202` or `200-204`, as Octavia writes expected codes. */
export function expectedCodes(text: string): ReadonlySet<number> {
  const codes = new Set<number>();
  for (const part of text.split(",")) {
    const [first, last] = part.split("-").map(Number);
    if (first === undefined || Number.isNaN(first)) continue;
    for (let code = first; code <= (last ?? first); code++) codes.add(code);
  }
  return codes;
}

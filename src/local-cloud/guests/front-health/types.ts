import type { GuestIdentity } from "../../../machines/document.ts";

export interface FrontHealth {
  readonly healthy: boolean;
  /** Why not, in words; undefined when healthy. */
  readonly reason: string | undefined;
  readonly serverId: string | undefined;
  readonly serverName: string | undefined;
  readonly identity: GuestIdentity | undefined;
  /** Database that its document names, and how many connections that accepts from all its clients; undefined unless it is healthy. */
  readonly database: { readonly id: string; readonly maxConnections: number } | undefined;
  /** True when packets reach a machine that answers at all (then /health is a 503; otherwise the connection is refused). */
  readonly running: boolean;
}

export interface FrontHealthOptions {
  /**
   * A load balancer that must be let in by the security groups; null: the guest's own view, whoever asks. Default: every load
   * balancer that has a member with this address.
   */
  readonly from?: string | null | undefined;
  readonly region?: string | undefined;
}

/** @param address private or floating address of a server. */
export type FrontHealthOf = (address: string, options?: FrontHealthOptions) => FrontHealth;

/** Whether packets of a load balancer reach that port of that address; the reason when they do not. */
export type ReachOf = (
  loadBalancerId: string,
  target: { readonly address: string; readonly protocolPort: number; readonly subnetId?: string | undefined },
) => { readonly reachable: boolean; readonly reason: string | undefined };

/** Health of a booted machine, as its own web server reports it; replaces the modelled health. */
export interface BootedGuest {
  /** Its web server accepts connections. */
  readonly running: boolean;
  /** Why its health check does not succeed; undefined: it does. */
  readonly reason: string | undefined;
}

/** Machines that really boot, by id of their server; undefined for a server whose machine is only modelled. */
export type BootedGuestOf = (serverId: string) => BootedGuest | undefined;

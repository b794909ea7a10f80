import type { GuestIdentity } from "../../../guests/document.ts";

export interface FrontHealth {
  readonly healthy: boolean;
  /** Why not, in words; undefined when healthy. */
  readonly reason: string | undefined;
  readonly serverId: string | undefined;
  readonly serverName: string | undefined;
  readonly identity: GuestIdentity | undefined;
  /** True when packets reach a machine that answers at all (then /health is a 503; otherwise the connection is refused). */
  readonly running: boolean;
}

/** @param from a load balancer that must be let in; default: every one that has a member with this address. */
export type FrontHealthOf = (
  address: string,
  options?: { readonly from?: string | undefined; readonly region?: string | undefined },
) => FrontHealth;

import type { BalancerFigures, TrafficFigures, UnboundAddress } from "./figures.ts";
import type { MemberStatus } from "./member-monitor.ts";
import type { MemberModel } from "./model.ts";

/** What the raw APIs tell and change of the traffic. */
export interface TrafficView {
  /** As the monitor of the member's pool has found it; undefined: nobody has asked the member. */
  memberStatus(poolId: string, member: Pick<MemberModel, "id" | "weight">): MemberStatus | undefined;
  activeConnections(memberId: string): number;
  /** Statistics of one load balancer, over all its listeners. */
  balancerFigures(balancerId: string): BalancerFigures;
  figures(): TrafficFigures;
  unboundAddresses(): readonly UnboundAddress[];
  resetFigures(): void;
  /** Resolves when the traffic is as the cloud is now. */
  refresh(): Promise<void>;
}

const noFigures = { bytesIn: 0, bytesOut: 0, totalConnections: 0, activeConnections: 0, requestErrors: 0 };

/** Nobody visits, and no monitor asks: members are as well as the model says. */
export const noTraffic: TrafficView = {
  memberStatus: () => undefined,
  activeConnections: () => 0,
  balancerFigures: () => noFigures,
  figures: () => ({ requests: 0, failures: 0, causes: {}, members: {}, problems: [] }),
  unboundAddresses: () => [],
  resetFigures: () => undefined,
  refresh: () => Promise.resolve(),
};

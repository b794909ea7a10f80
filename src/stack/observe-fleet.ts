import type { MemberView, ServerView } from "../clouds/clients.ts";
import { byName } from "../rolling/fleet.ts";
import type { LiveFleet, LiveMember } from "../rolling/model.ts";
import type { rollingOf } from "../systems/project-plan.ts";
import type { StackContext } from "./stack-context.ts";

type Rolling = ReturnType<typeof rollingOf>;

/** A front as the cloud reports it, with the ids that API calls need. */
export interface ObservedFront extends LiveMember {
  readonly serverView: ServerView | undefined;
  readonly member: MemberView | undefined;
}

export interface ObservedFleet extends LiveFleet {
  readonly fronts: readonly ObservedFront[];
}

/** Parts of the fleet that are recorded in the state and that API calls do not return. */
export interface KnownFleet {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  /** Names of the fronts with at least one recorded resource, even if only a port. */
  readonly fronts: readonly string[];
}

/** Names of an existing or a planned fleet. */
export function knownOf({
  loadBalancerBandwidth,
  fronts,
}: Pick<LiveFleet, "loadBalancerBandwidth"> & {
  readonly fronts: readonly { readonly name: string }[];
}): KnownFleet {
  return { loadBalancerBandwidth, fronts: fronts.map((front) => front.name) };
}

/** Reads servers, pool members and load balancer. A front without server and member, of which other parts exist, is reported as absent. */
export async function observeFleet(
  context: StackContext,
  known: KnownFleet = { loadBalancerBandwidth: 0, fronts: [] },
): Promise<ObservedFleet> {
  const prefix = cloudPrefix(context);
  const { rolling } = context.project.system.capabilities;
  if (rolling === undefined) return { loadBalancerBandwidth: 0, loadBalancerReady: true, fronts: [] };
  const names = rolling.cloudNames(prefix);
  const frontOf = (cloudName: string) => memberOf(rolling, cloudName, prefix);
  const [servers, members, loadBalancer] = await Promise.all([
    context.clients.compute.findServers(names.members),
    context.clients.loadBalancer.members(names.pool),
    context.clients.loadBalancer.find(names.loadBalancer),
  ]);
  const seen = new Map<string, { server?: ServerView; member?: MemberView }>(known.fronts.map((name) => [name, {}]));
  for (const server of servers) {
    const name = frontOf(server.name);
    if (name !== undefined && server.state !== "deleted") {
      seen.set(name, { ...seen.get(name), server });
    }
  }
  for (const member of members) {
    const name = frontOf(member.name);
    if (name !== undefined) {
      seen.set(name, { ...seen.get(name), member });
    }
  }
  const fronts = [...seen].map(([name, { server, member }]) => observedFront(context, rolling, name, server, member));
  return {
    loadBalancerBandwidth: known.loadBalancerBandwidth,
    loadBalancerReady: loadBalancer?.provisioningStatus === "ACTIVE",
    loadBalancerFailed: loadBalancer?.provisioningStatus === "ERROR",
    fronts: fronts.toSorted(byName),
  };
}

/** Prefix of every cloud name of a stack. */
export function cloudPrefix({ project }: Pick<StackContext, "project">): string {
  return `${project.name}-${project.stack}`;
}

/** Health as reported by the load balancer's checks; a drained member that passes them is reported as DRAINING. */
function isHealthy(member: MemberView | undefined): boolean {
  return member?.operatingStatus === "ONLINE" || member?.operatingStatus === "DRAINING";
}

function observedFront(
  { project }: StackContext,
  rolling: Rolling,
  name: string,
  server: ServerView | undefined,
  member: MemberView | undefined,
): ObservedFront {
  return {
    name,
    // A front without a server has no size; this one can always be planned.
    size: server === undefined ? rolling.defaultSize(project.settings.normal) : rolling.sizeOf(server.flavor),
    server: server === undefined || server.state === "deleted" ? "absent" : server.state,
    pool: member === undefined ? "absent" : member.weight > 0 ? "serving" : "drained",
    healthy: isHealthy(member),
    serverView: server,
    member,
  };
}

/** Member that a cloud name of the stack belongs to; undefined: none, or one of its other parts. */
function memberOf(rolling: Rolling, cloudName: string, prefix: string): string | undefined {
  if (!cloudName.startsWith(`${prefix}-`)) return undefined;
  const name = cloudName.slice(prefix.length + 1);
  return rolling.memberOf(name) === name ? name : undefined;
}

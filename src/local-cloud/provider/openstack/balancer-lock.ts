import type { LocalCloud } from "../../behaviour/index.ts";
import type { CallContext } from "../resource-adapter.ts";
import { retryConflict, waitFor } from "../waiting.ts";

const pending = ["PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"];

/**
 * Octavia changes one thing of a load balancer at a time. The real provider waits until the balancer is ACTIVE, asks, tries again on
 * conflict, and waits until it is ACTIVE again.
 */
export async function changeBalancer<Result>(
  cloud: LocalCloud,
  call: CallContext,
  balancerId: string,
  change: () => Result,
  idOf: (result: Result) => string,
): Promise<Result> {
  await waitForBalancer(cloud, call, balancerId);
  const result = await retryConflict(cloud, call, change);
  await call.accepted(idOf(result));
  await waitForBalancer(cloud, call, balancerId);
  return result;
}

export async function waitForBalancer(cloud: LocalCloud, call: CallContext, id: string): Promise<void> {
  await waitFor(cloud, call, () => cloud.octavia.loadBalancers.get(id), {
    what: "loadbalancer",
    id,
    statusOf: (balancer) => balancer.provisioningStatus,
    pending,
    target: ["ACTIVE"],
  });
}

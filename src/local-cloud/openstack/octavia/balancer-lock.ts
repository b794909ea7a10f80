import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext } from "../../provider/resource-adapter.ts";
import { retryRefused, waitFor } from "../../provider/waiting.ts";

const pending = ["PENDING_CREATE", "PENDING_UPDATE", "PENDING_DELETE"];

/** Result of a change: its id, and how to read it while it is pending; nothing to read after a deletion. */
interface Changed {
  readonly what: string;
  readonly id: string;
  readonly look: () => { readonly provisioningStatus: string };
}

/**
 * Octavia changes one thing of a load balancer at a time. The real provider waits until the balancer is ACTIVE, asks, tries again on
 * conflict, and waits until the balancer and the thing itself are ACTIVE.
 */
export async function changeBalancer(
  cloud: LocalCloud,
  call: CallContext,
  balancerId: string,
  change: () => Changed,
): Promise<string> {
  await waitForBalancer(cloud, call, balancerId);
  const { what, id, look } = await retryRefused(cloud, call, change);
  await call.accepted(id);
  await waitForBalancer(cloud, call, balancerId);
  await waitFor(cloud, call, look, {
    what,
    id,
    statusOf: (view) => view.provisioningStatus,
    pending,
    target: ["ACTIVE"],
  });
  return id;
}

/** A deletion inside a load balancer: it is done when the balancer is ACTIVE again. */
export async function deleteFromBalancer(
  cloud: LocalCloud,
  call: CallContext,
  balancerId: string,
  id: string,
  remove: () => void,
): Promise<void> {
  await waitForBalancer(cloud, call, balancerId);
  await retryRefused(cloud, call, remove);
  await call.accepted(id);
  await waitForBalancer(cloud, call, balancerId);
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

/** What a part belongs to. The real provider asks for it before a deletion: where it is gone, the deletion is refused, although its parts went with it. */
export function parentOf<Parent>(what: string, id: string, look: () => Parent): Parent {
  try {
    return look();
  } catch (error) {
    if (!(error instanceof CloudError && error.status === 404)) throw error;
    throw new Error(`Unable to retrieve parent ${what} ${id}: Resource not found: [${error.message}]`);
  }
}

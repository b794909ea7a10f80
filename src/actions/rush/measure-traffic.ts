import { CloudCallError } from "../../clouds/http/call.ts";
import { type Traffic, trafficBetween } from "../../rolling/traffic.ts";
import { cloudPrefix } from "../../stack/observe-fleet.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { sleepUnlessStopped } from "../../stack/wait-until.ts";

/** How much traffic the load balancer has now, by two looks at its counters; a text says why that cannot be known. */
export async function measureTraffic(context: StackContext): Promise<Traffic | string> {
  const { loadBalancer } = context.clients;
  const found = await loadBalancer.find(`${cloudPrefix(context)}-lb`);
  if (found === undefined) return "there is no load balancer";
  try {
    const first = await loadBalancer.traffic(found.id);
    const began = context.clock.now().getTime();
    await sleepUnlessStopped(context, context.timings.trafficLook);
    const second = await loadBalancer.traffic(found.id);
    return trafficBetween(first, second, (context.clock.now().getTime() - began) / 1000);
  } catch (error) {
    if (error instanceof CloudCallError) return error.message;
    throw error;
  }
}

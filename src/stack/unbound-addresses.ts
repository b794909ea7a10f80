import { ControlError } from "../local-cloud/http/control-client.ts";
import { cloudFolder, requireLocalCloud } from "./cloud-connection.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * Reason why fronts of the local cloud cannot become healthy although they exist: addresses that its process could not bind on this machine.
 * @returns a sentence for a message; undefined on another cloud, when every address is bound, and when the local cloud does not answer
 */
export async function describeUnboundAddresses(
  context: Pick<StackContext, "cloud" | "folder">,
): Promise<string | undefined> {
  if (context.cloud !== "local") return undefined;
  try {
    const unbound = await requireLocalCloud(cloudFolder(context.folder.home)).control.unboundAddresses();
    if (unbound.length === 0) return undefined;
    const [first] = unbound;
    const others = unbound.length === 1 ? "" : ` and ${unbound.length - 1} more`;
    return `the local cloud could not bind ${first?.address}${others} on this machine (${first?.error})`;
  } catch (error) {
    // A cloud that does not answer causes an error of its own.
    if (error instanceof ControlError || isNotRunning(error)) return undefined;
    throw error;
  }
}

function isNotRunning(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "local-cloud-not-running";
}

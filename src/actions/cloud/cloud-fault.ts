import { ExitCode, LorError } from "../../core/errors.ts";
import { ControlError } from "../../local-cloud/http/control-client.ts";
import type { FaultOrder, FaultView } from "../../local-cloud/kernel/faults.ts";
import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * Orders a fault for the next `times` matching calls.
 * @throws LorError `local-cloud-not-running`, `fault-not-understood`
 */
export async function orderFault(home: string, order: FaultOrder): Promise<FaultView> {
  try {
    return await requireLocalCloud(cloudFolder(home)).control.orderFault(order);
  } catch (error) {
    if (!(error instanceof ControlError) || error.status !== 400) throw error;
    throw new LorError({
      code: "fault-not-understood",
      message: `the fault cannot be ordered: ${error.message}`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: JSON.stringify(order),
      next: "lor-infra cloud fault --help",
      cause: error,
    });
  }
}

/** Ordered faults that are not used up. */
export async function listFaults(home: string): Promise<readonly FaultView[]> {
  return await requireLocalCloud(cloudFolder(home)).control.faults();
}

/** Cancels all faults and releases held calls. */
export async function clearFaults(home: string): Promise<void> {
  const { control } = requireLocalCloud(cloudFolder(home));
  await control.clearFaults();
  await control.release();
}

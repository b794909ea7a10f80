import { ExitCode, LorError } from "../../core/errors.ts";
import { ControlError } from "../../local-cloud/http/control-client.ts";
import type { FaultOrder, FaultView } from "../../local-cloud/kernel/faults.ts";
import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * Orders a fault: the next `times` calls that match meet it.
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

/** Faults that no call has met yet. */
export async function listFaults(home: string): Promise<readonly FaultView[]> {
  return await requireLocalCloud(cloudFolder(home)).control.faults();
}

/** Takes every fault back and lets go what one holds. */
export async function clearFaults(home: string): Promise<void> {
  const { control } = requireLocalCloud(cloudFolder(home));
  await control.clearFaults();
  await control.release();
}

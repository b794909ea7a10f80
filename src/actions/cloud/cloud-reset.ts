import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * Empties the local cloud: resources, faults, journal. The state of stacks made on it is not touched: a stack whose resources
 * are gone is repaired by `lor-infra up`.
 * @throws LorError `local-cloud-not-running`
 */
export async function resetCloud(home: string): Promise<void> {
  await requireLocalCloud(cloudFolder(home)).control.reset();
}

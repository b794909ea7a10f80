import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * Deletes everything in the local cloud: resources, faults, journal. The state of stacks is unchanged: `lor-infra up` creates the missing resources
 * again.
 * @throws LorError `local-cloud-not-running`
 */
export async function resetCloud(home: string): Promise<void> {
  await requireLocalCloud(cloudFolder(home)).control.reset();
}

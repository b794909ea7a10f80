import { ExitCode, LorError } from "../../core/errors.ts";
import { ControlError } from "../../local-cloud/http/control-client.ts";
import type { RestrictionOrder, RestrictionsView } from "../../local-cloud/openstack/restrictions.ts";
import { cloudFolder, requireLocalCloud } from "../../stack/cloud-connection.ts";

/**
 * Restricts quotas, sizes or backups of the local cloud, to test refusals.
 * @throws LorError `local-cloud-not-running`, `restriction-not-understood`
 */
export async function restrictCloud(home: string, order: RestrictionOrder): Promise<RestrictionsView> {
  try {
    return await requireLocalCloud(cloudFolder(home)).control.restrict(order);
  } catch (error) {
    if (!(error instanceof ControlError) || error.status === 0 || error.status >= 500) throw error;
    throw new LorError({
      code: "restriction-not-understood",
      message: `the local cloud cannot be restricted so: ${error.message}`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: JSON.stringify(order),
      next: "lor-infra cloud restrict --help",
      cause: error,
    });
  }
}

export async function listRestrictions(home: string): Promise<RestrictionsView> {
  return await requireLocalCloud(cloudFolder(home)).control.restrictions();
}

export async function liftRestrictions(home: string): Promise<void> {
  await requireLocalCloud(cloudFolder(home)).control.clearRestrictions();
}

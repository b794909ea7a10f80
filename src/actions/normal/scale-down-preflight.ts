import { preScaleDownBackupCheck } from "../../rolling/preflight/pre-scale-down-backups.ts";
import type { PreflightCheck } from "../../rolling/preflight/preflight-check.ts";
import { scaleDownTrafficCheck } from "../../rolling/preflight/scale-down-traffic.ts";
import type { ServingCapacity } from "../../rolling/traffic.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { profileFleet, rollingOf } from "../../systems/project-plan.ts";
import { measureTraffic } from "../rush/measure-traffic.ts";

/**
 * Preflight checks that only a scale-down needs: traffic, and the backups taken before it.
 * @param busy a person accepts more visitors than the normal profile can serve
 */
export async function scaleDownChecks(context: StackContext, busy: boolean): Promise<readonly PreflightCheck[]> {
  const { beforeScaleDown } = context.project.settings.normal.hooks;
  const seen = await measureTraffic(context);
  return [
    scaleDownTrafficCheck({
      traffic: typeof seen === "string" ? { why: seen } : { seen },
      limit: capacityInNormal(context),
      busy,
    }),
    preScaleDownBackupCheck(beforeScaleDown.tasks),
  ];
}

function capacityInNormal({ project }: StackContext): ServingCapacity {
  const { normal } = project.settings;
  const sizes = profileFleet(project, "normal").fronts.map(({ size }) => size);
  const capacity = rollingOf(project).servingCapacity(sizes);
  return {
    connections: normal.hooks.beforeScaleDown.connections ?? capacity.connections,
    connectionsPerSecond: normal.hooks.beforeScaleDown.connectionsPerSecond ?? capacity.connectionsPerSecond,
  };
}

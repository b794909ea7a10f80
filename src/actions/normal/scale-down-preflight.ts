import { type Carried, carriedBy } from "../../rolling/front-capacity.ts";
import { preScaleDownBackupCheck } from "../../rolling/preflight/pre-scale-down-backups.ts";
import type { PreflightCheck } from "../../rolling/preflight/preflight-check.ts";
import { scaleDownTrafficCheck } from "../../rolling/preflight/scale-down-traffic.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { profileFleet, rollingOf } from "../../systems/project-plan.ts";
import { measureTraffic } from "../rush/measure-traffic.ts";

/**
 * Preflight checks that only a scale-down needs: traffic, and the backups taken before it.
 * @param busy a person accepts more visitors than the normal profile can serve
 */
export async function scaleDownChecks(context: StackContext, busy: boolean): Promise<readonly PreflightCheck[]> {
  const { beforeNormal } = context.project.settings.normal;
  const seen = await measureTraffic(context);
  return [
    scaleDownTrafficCheck({
      traffic: typeof seen === "string" ? { why: seen } : { seen },
      limit: carriedInNormal(context),
      busy,
    }),
    preScaleDownBackupCheck(beforeNormal.tasks),
  ];
}

function carriedInNormal({ project }: StackContext): Carried {
  const { normal } = project.settings;
  const { capacityOf } = rollingOf(project);
  const fronts = profileFleet(project, "normal").fronts.flatMap(({ size }) => capacityOf(size) ?? []);
  const carried = carriedBy(fronts);
  return {
    connections: normal.beforeNormal.connections ?? carried.connections,
    connectionsPerSecond: normal.beforeNormal.connectionsPerSecond ?? carried.connectionsPerSecond,
  };
}

import { type Carried, carriedBy } from "../../rolling/front-capacity.ts";
import { keptFirstCondition } from "../../rolling/preflight/pre-scale-down-backups.ts";
import type { Condition } from "../../rolling/preflight/preflight-check.ts";
import { returnTrafficCondition } from "../../rolling/preflight/scale-down-traffic.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { profileFleet, rollingOf } from "../../systems/project-plan.ts";
import { measureTraffic } from "../rush/measure-traffic.ts";

/** What only the way back asks for. @param busy a person accepts more visitors than normal can carry */
export async function returnConditions(context: StackContext, busy: boolean): Promise<readonly Condition[]> {
  const { beforeNormal } = context.project.settings.normal;
  const seen = await measureTraffic(context);
  return [
    returnTrafficCondition({
      traffic: typeof seen === "string" ? { why: seen } : { seen },
      limit: carriedInNormal(context),
      busy,
    }),
    keptFirstCondition(beforeNormal.tasks),
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

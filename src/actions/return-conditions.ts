import { type Carried, carriedBy } from "../domain/front-capacity.ts";
import { findInstance } from "../domain/offers/ovhcloud.ts";
import type { Condition } from "../domain/switching/conditions/condition.ts";
import { keptFirstCondition } from "../domain/switching/conditions/kept-first.ts";
import { returnTrafficCondition } from "../domain/switching/conditions/return-traffic.ts";
import { fleetOf } from "../systems/lor/plan.ts";
import { measureTraffic } from "./measure-traffic.ts";
import type { StackContext } from "./stack-context.ts";

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
  const fronts = fleetOf(normal).fronts.flatMap(({ size }) => findInstance(size) ?? []);
  const carried = carriedBy(fronts);
  return {
    connections: normal.beforeNormal.connections ?? carried.connections,
    connectionsPerSecond: normal.beforeNormal.connectionsPerSecond ?? carried.connectionsPerSecond,
  };
}

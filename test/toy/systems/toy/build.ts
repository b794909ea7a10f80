import { ComponentResource, CustomResource } from "@pulumi/pulumi";

class Machine extends CustomResource {}

import type { ToyPlan } from "./toy-plan.ts";

/** The toy's machines, as children of one component. */
export function buildToy({ machines }: ToyPlan): Record<string, unknown> {
  const parent = new ComponentResource("lor:toy:Machines", "machines");
  for (const { name, cloudName, size } of machines) {
    new Machine("toy:index/machine:Machine", name, { name: cloudName, size, disks: 1 }, { parent });
  }
  return { machines: machines.map(({ name }) => name) };
}

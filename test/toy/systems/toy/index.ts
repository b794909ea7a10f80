import * as z from "zod";
import { oneOf, whole } from "../../../../src/config/fields.ts";
import { sharedFields } from "../../../../src/config/shared-fields.ts";
import { boundedLoss, disruptions } from "../../../../src/domain/recovery.ts";
import type { SharedSettings, SystemDefinition } from "../../../../src/systems/contract.ts";
import type { ToyPlan } from "./toy-plan.ts";

interface ToySettings extends SharedSettings {
  readonly machines: { readonly count: number; readonly size: "small" | "large" };
}

/** A system of one size: some machines, nothing that is switched. */
export const system: SystemDefinition<ToySettings, ToyPlan> = {
  id: "toy",
  title: "Machines in Toyland",
  cloud: "toy",
  priceBook: "toy-2026",
  schema: z.object({
    ...sharedFields("toy"),
    machines: z.object({ count: whole(1, 9, "setting-type"), size: oneOf(["small", "large"], "flavor-unknown") }),
  }),
  profileSettings: ["profile"],
  judge: () => ({ issues: [], policies: [], waivers: [], waived: [], warnings: [] }),
  region: () => "toyland",
  fleetOf: () => ({ loadBalancerBandwidth: 0, fronts: [] }),
  plan: ({ project, stack, settings: { normal }, fleet, profile }) => ({
    system: "toy",
    prefix: `${project}-${stack}`,
    profile,
    fleet,
    rpoSeconds: normal.rpo.inSeconds(),
    machines: Array.from({ length: normal.machines.count }, (_, index) => ({
      name: `machine-${index}`,
      cloudName: `${project}-${stack}-machine-${index}`,
      size: normal.machines.size,
    })),
  }),
  items: ({ machines }) =>
    machines.map(({ name, size }) => ({
      name,
      type: "toy:index/machine:Machine",
      component: "Machines",
      holdsData: false,
      serves: true,
      charge: { kind: "instance", size },
    })),
  dataLoss: () =>
    disruptions.map((disruption) =>
      boundedLoss({
        dataSet: "toys",
        disruption,
        mustHold: true,
        terms: [
          {
            name: "copy",
            seconds: 60,
            source: { kind: "resource", type: "toy:index/machine:Machine", name: "machine-0" },
          },
        ],
        remark: "a toy is copied every minute",
      }),
    ),
  async build(plan) {
    const { buildToy } = await import("./build.ts");
    return buildToy(plan);
  },
  template: ({ name, program, encryptionSalt, saltRemark }) => [
    {
      file: "Pulumi.yaml",
      content: `name: ${name}
runtime: { name: nodejs, options: { typescript: false } }
main: ${program}
config:
  system: { value: toy }
  rpo: { value: PT1H }
  machines: { value: { count: 2, size: small } }
`,
    },
    {
      file: "Pulumi.normal.yaml",
      content: `# ${saltRemark}\nencryptionsalt: ${encryptionSalt}\nconfig:\n  ${name}:profile: normal\n`,
    },
  ],
  settingOf: () => "machines.size",
  keptSecrets: () => [],
  configuration: () => undefined,
  capabilities: {},
};

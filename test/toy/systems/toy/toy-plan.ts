import type { SystemPlan } from "../../../../src/systems/contract.ts";

export interface ToyPlan extends SystemPlan {
  readonly machines: readonly { readonly name: string; readonly cloudName: string; readonly size: string }[];
}

import * as z from "zod";
import { type FieldRefusal, refuse } from "./fields.ts";

/** Members that stay healthy and in service while others change: a number, or a percentage of the members that the pool has. */
export type MinHealthySetting = number | { readonly percent: number };

/** How a switch takes members out of service. `minHealthy` has no default here: without it a system keeps as many members as normal has. */
export function rolling() {
  return z.object({ minHealthy: minHealthy().optional() });
}

function minHealthy() {
  const refusal: FieldRefusal = {
    code: "min-healthy-invalid",
    accepted: "a whole number of fronts from 1, below those of normal, or 1% to 99% of the fronts in the pool",
  };
  return z.union([z.number(), z.string()], refusal.accepted).transform((value, context): MinHealthySetting => {
    if (typeof value === "number") {
      return Number.isInteger(value) && value >= 1 ? value : refuse(context, "is not a number of fronts", refusal);
    }
    const percent = /^([1-9]\d?)%$/.exec(value)?.[1];
    return percent === undefined
      ? refuse(context, "is not a percentage from 1% to 99%", refusal)
      : { percent: Number(percent) };
  });
}

import { problem } from "../../../config/problem.ts";
import { pairRule, type Rule } from "./rule.ts";

export const rollingRules: readonly Rule[] = Object.freeze([
  pairRule("minimum-lets-one-leave", ["rolling", "prestashop"], ({ normal }) => {
    const { minHealthy } = normal.rolling;
    const { fronts } = normal.prestashop;
    if (typeof minHealthy !== "number" || minHealthy < fronts) return [];
    return [
      problem("rolling.minHealthy", "min-healthy-invalid", {
        what: `none of normal's ${fronts} could be taken out`,
        seen: minHealthy,
        accepted: `1 to ${fronts - 1}, 1% to 99%, or no such setting: then ${fronts} serve at each moment`,
      }),
    ];
  }),
]);

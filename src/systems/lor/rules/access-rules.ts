import { problem } from "../../../config/problem.ts";
import { withoutComment } from "../../../core/public-key.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const accessRules: readonly Rule[] = Object.freeze([
  sharedRule("administrators-distinct", ["access"], ({ access }) =>
    (access?.administrators ?? []).flatMap(({ name, key }, index, all) => {
      const others = all.slice(0, index);
      const path = `access.administrators.${index}`;
      return [
        ...(others.some((other) => other.name === name)
          ? [
              problem(`${path}.name`, "administrator-duplicate", {
                what: "two administrators have the same name, so the session log could not tell them apart",
                seen: name,
                accepted: "a name of its own for each administrator, such as anna-laptop for a second key",
              }),
            ]
          : []),
        ...(others.some((other) => withoutComment(other.key) === withoutComment(key))
          ? [
              problem(`${path}.key`, "administrator-duplicate", {
                what: "two administrators have the same key, so the session log could not tell them apart",
                seen: name,
                accepted: "a key of its own for each administrator",
              }),
            ]
          : []),
      ];
    }),
  ),
]);

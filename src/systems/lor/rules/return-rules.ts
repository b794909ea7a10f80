import { problem } from "../../../config/problem.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const returnRules: readonly Rule[] = Object.freeze([
  sharedRule(
    "return-tasks-apart",
    ["hooks"],
    ({
      hooks: {
        beforeScaleDown: { tasks },
      },
    }) =>
      (["name", "object"] as const).flatMap((field) =>
        tasks.flatMap((task, index) => {
          const first = tasks.findIndex((one) => one[field] === task[field]);
          return first === index
            ? []
            : [
                problem(`hooks.beforeScaleDown.tasks.${index}.${field}`, "task-duplicate", {
                  what: `hooks.beforeScaleDown.tasks.${first} has the same ${field}`,
                  seen: task[field],
                  accepted: `another ${field} for each task`,
                }),
              ];
        }),
      ),
  ),
]);

import { problem } from "../../../config/problem.ts";
import { type Rule, sharedRule } from "./rule.ts";

export const returnRules: readonly Rule[] = Object.freeze([
  sharedRule("return-tasks-apart", ["beforeNormal"], ({ beforeNormal: { tasks } }) =>
    (["name", "object"] as const).flatMap((field) =>
      tasks.flatMap((task, index) => {
        const first = tasks.findIndex((one) => one[field] === task[field]);
        return first === index
          ? []
          : [
              problem(`beforeNormal.tasks.${index}.${field}`, "task-duplicate", {
                what: `beforeNormal.tasks.${first} has the same ${field}`,
                seen: task[field],
                accepted: `another ${field} for each task`,
              }),
            ];
      }),
    ),
  ),
]);

import * as z from "zod";
import { duration, refuse, text, whole } from "./fields.ts";

const task = z.object({
  name: text(/^[a-z][a-z0-9-]{0,39}$/, {
    code: "task-name-invalid",
    accepted: "1 to 40 small letters, digits and hyphens, a letter first, such as shop-dump",
  }),
  command: command(),
  timeLimit: duration("PT1S", "P1D").prefault("PT30M"),
  object: text(/^(?![./])[A-Za-z0-9._/-]{1,200}(?<!\/)$/, {
    code: "task-object-invalid",
    accepted: "the name of an object: letters, digits, . _ - and /, such as before-normal/shop.sql.gz",
  }),
});

/** Conditions and commands of the moments of a switch (their meaning: src/rolling/scale-down-hooks.ts). */
export function hooks() {
  const beforeScaleDown = z.object({
    connections: whole(1, 1_000_000, "connections-invalid").optional(),
    connectionsPerSecond: whole(1, 1_000_000, "connections-invalid").optional(),
    tasks: z.array(task, "a list of tasks").prefault([]),
  });
  return z.object({ beforeScaleDown: beforeScaleDown.prefault({}) });
}

/** Program and arguments as a list; a shell command line is `[sh, -c, "..."]`. */
function command() {
  const accepted = 'a list of texts: the program, then its arguments, such as [sh, -c, "./dump.sh"]';
  return z.array(z.string(accepted), accepted).transform((parts, context): readonly [string, ...string[]] => {
    const [program, ...args] = parts;
    if (program !== undefined && program.trim() !== "" && parts.every((part) => !part.includes("\0"))) {
      return [program, ...args];
    }
    return refuse(context, "names no program", { code: "task-command-invalid", accepted });
  });
}

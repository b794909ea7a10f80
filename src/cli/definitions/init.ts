import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  add(program, "init", "write a new project's settings files, with a salt of its own")
    .argument("[dir]", "an empty or new folder", ".")
    .option("--name <name>", "the project's name; the folder's by default")
    .option("--system <id>", "the system that the project is one of", "lor")
    .action(runs(async () => (await import("../commands/init.ts")).init));
};

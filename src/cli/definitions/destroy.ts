import { withChange } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withChange(add(program, "destroy", "delete the system; with data only when asked to"))
    .option("--with-data", "also delete what holds data, after a list of it", false)
    .action(runs(async () => (await import("../commands/destroy.ts")).destroy));
};

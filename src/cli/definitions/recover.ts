import { withChange, withIdentity } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withIdentity(withChange(add(program, "recover", "repair what an interrupted run left")))
    .option("--replace <front>", "delete one front and build it anew, such as ps-1")
    .option("--give-up <creation>", "stop looking for what an earlier run began to create, as `type name`")
    .action(runs(async () => (await import("../commands/recover.ts")).recover));
};

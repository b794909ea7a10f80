import { withChange, withIdentity } from "../cloud-options.ts";
import { add, profileOption } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withIdentity(withChange(add(program, "up", "create the system, or repair it, in the profile it runs in")))
    .addOption(profileOption())
    .action(runs(async () => (await import("../commands/up.ts")).up));
};

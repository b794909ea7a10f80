import { withChange } from "../cloud-options.ts";
import { add, profileOption } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withChange(add(program, "import", "take a system that exists into the state, without a change to it"))
    .addOption(profileOption())
    .option("--map <file>", "YAML: what is called otherwise in the cloud, `Instance ps-0: its id or name`")
    .option("--secrets <file>", "YAML: secrets in use that no API tells, `User mysql: its password`")
    .option("--dry-run", "only look: exit 3 when something would be refused", false)
    .action(runs(async () => (await import("../commands/import.ts")).importSystem));
};

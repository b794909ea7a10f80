import { add, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withSettings(add(program, "demo", "Lor up, into rush and back on the local cloud; leaves nothing running"))
    .option("--machines", "with machines that really boot, where this computer can boot them", false)
    .action(runs(async () => (await import("../commands/demo.ts")).demo));
};

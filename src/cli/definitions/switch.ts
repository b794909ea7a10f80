import { busyOption, withSwitch } from "../cloud-options.ts";
import { add } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withSwitch(add(program, "rush", "switch to the larger profile, one front at a time"))
    .option("--event <name>", "an event of the calendar: refused before its lead and once its change freeze has begun")
    .option("--early", "also before the lead of the event", false)
    .option("--late", "also once the change freeze of the event has begun", false)
    .action(runs(async () => (await import("../commands/switch.ts")).rush));
  withSwitch(add(program, "normal", "switch back to the normal profile, one front at a time"))
    .option("--early", "also before the calendar's rush is over", false)
    .addOption(busyOption())
    .action(runs(async () => (await import("../commands/switch.ts")).normal));
};

import { Option } from "commander";
import { busyOption, withSwitch } from "../cloud-options.ts";
import { add, civilDate } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withSwitch(add(program, "season", "what should be live today, and is it? exit 5 when not"))
    .option("--apply", "do the switch that is due; for a scheduled job", false)
    .addOption(busyOption())
    .option("--at <date>", "ask about another day, YYYY-MM-DD", civilDate)
    .addOption(
      new Option("--review", "how the last season went; written as Markdown and HTML, too")
        .default(false)
        .conflicts("apply"),
    )
    .option(
      "--from <date>",
      "of a review: its first day, YYYY-MM-DD, instead of the beginning of the last rush",
      civilDate,
    )
    .option("--to <date>", "of a review: its last day, YYYY-MM-DD", civilDate)
    .action(runs(async () => (await import("../commands/season.ts")).season));
};

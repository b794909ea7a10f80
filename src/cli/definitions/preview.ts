import { Option } from "commander";
import { withCloud } from "../cloud-options.ts";
import { add, profileOption } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withCloud(add(program, "preview", "what would be created, changed, restarted, replaced, deleted"))
    .addOption(profileOption())
    .option("--detect", "ask the cloud for the real state; exit 5 when it differs", false)
    .option("--exit-code", "exit 5 when anything would change, 0 when nothing would", false)
    .option("--base <dir>", "folder with the settings from before the change, to compare price and data loss with")
    .addOption(
      new Option("--format <format>", "json is the same as --json")
        .choices(["text", "markdown", "json"])
        .default("text"),
    )
    .option("--file <file>", "write the Markdown to a file")
    .addOption(
      new Option(
        "--comment <forge>",
        "post the Markdown as the one comment of the pull request that CI runs for",
      ).choices(["github", "gitlab"]),
    )
    .action(runs(async () => (await import("../commands/preview.ts")).preview));
};

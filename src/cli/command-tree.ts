import { Command } from "commander";
import { ExitCode } from "../core/errors.ts";
import type { DefineCommand, Runs } from "./define-command.ts";
import { requireOffered } from "./offered-commands.ts";
import type { CloudOptions } from "./options.ts";
import { version } from "./package-folder.ts";
import { openTerminal } from "./terminal.ts";

/** Commands in the order of the help, with the module that defines their options. */
const definitions: readonly { readonly names: readonly string[]; load(): Promise<{ define: DefineCommand }> }[] = [
  { names: ["check"], load: () => import("./definitions/check.ts") },
  { names: ["cost"], load: () => import("./definitions/cost.ts") },
  { names: ["rpo"], load: () => import("./definitions/rpo.ts") },
  { names: ["calendar"], load: () => import("./definitions/calendar.ts") },
  { names: ["init"], load: () => import("./definitions/init.ts") },
  { names: ["up"], load: () => import("./definitions/up.ts") },
  { names: ["preview"], load: () => import("./definitions/preview.ts") },
  { names: ["import"], load: () => import("./definitions/import.ts") },
  { names: ["rush", "normal"], load: () => import("./definitions/switch.ts") },
  { names: ["season"], load: () => import("./definitions/season.ts") },
  { names: ["status"], load: () => import("./definitions/status.ts") },
  { names: ["ssh", "run", "copy", "logs", "inventory"], load: () => import("./definitions/machines.ts") },
  { names: ["app"], load: () => import("./definitions/app.ts") },
  { names: ["certificate"], load: () => import("./definitions/certificate.ts") },
  { names: ["dns"], load: () => import("./definitions/dns.ts") },
  { names: ["destroy"], load: () => import("./definitions/destroy.ts") },
  { names: ["recover"], load: () => import("./definitions/recover.ts") },
  { names: ["doctor"], load: () => import("./definitions/doctor.ts") },
  { names: ["demo"], load: () => import("./definitions/demo.ts") },
  { names: ["engine"], load: () => import("./definitions/engine.ts") },
  { names: ["state"], load: () => import("./definitions/state.ts") },
  { names: ["cloud"], load: () => import("./definitions/cloud.ts") },
];

export interface CommandTreeOptions {
  /** First word of the command line. A known command is defined alone, which is faster. Default: all commands are defined. */
  readonly typed?: string | undefined;
  /** Defines the other commands too, for a text that names them. Default: false. */
  readonly all?: boolean;
  /** Input of the commands besides the command line, for programs that run commands. */
  readonly given?: Pick<CloudOptions, "timings">;
  /** Opens the terminal of a command. Default: standard output and error. */
  readonly open?: typeof openTerminal;
}

/** The commands with their options. A command's handler is loaded when it runs: `check`, `cost`, `calendar` and `rpo` never load Pulumi. */
export async function createCommandTree({
  typed = "",
  all = false,
  given = {},
  open = openTerminal,
}: CommandTreeOptions = {}): Promise<{
  readonly program: Command;
  readonly exitCode: () => number;
}> {
  let ended: number = ExitCode.done;
  const program = new Command("lor-infra")
    .description(
      "The infrastructure of a small company in two sizes, normal and rush, switched without losing a request.",
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError("(lor-infra --help lists the commands)");
  const runs: Runs =
    (load) =>
    async (...parsed) => {
      const command = parsed.at(-1) as Command;
      type Options = Parameters<Awaited<ReturnType<typeof load>>>[1];
      const options = { ...command.optsWithGlobals(), ...given } as Options;
      requireOffered(command.name(), settingsFolder(options));
      const handler = await load();
      const terminal = open({
        json: options.json || options.format === "json",
        quiet: options.format === "markdown",
      });
      ended = await handler(terminal, options, ...(command.processedArgs as string[]));
    };
  const alone = definitions.find(({ names }) => names.includes(typed));
  const wanted = alone === undefined || all ? definitions : [alone];
  for (const { define } of await Promise.all(wanted.map(({ load }) => load()))) define(program, runs);
  if (alone === undefined) {
    const { default: tab } = await import("@bomb.sh/tab/commander");
    tab(program, { completionCommandName: "completion" });
  }
  return { program, exitCode: () => ended };
}

function settingsFolder(options: object): string {
  return "settings" in options && typeof options.settings === "string" ? options.settings : ".";
}

import tab from "@bomb.sh/tab/commander";
import { Command, InvalidArgumentError, Option } from "commander";
import { cloudIds } from "../clouds/registry.ts";
import { ExitCode } from "../core/errors.ts";
import { faultEffects } from "../local-cloud/kernel/fault-effects.ts";
import { requireOffered } from "./offered-commands.ts";
import type { CloudOptions, CommonOptions, SettingsOptions } from "./options.ts";
import { version } from "./package-folder.ts";
import { openTerminal, type Terminal } from "./terminal.ts";

/** One command: what it was given and where it writes; the code it ends with. */
type Handler<Options> = (terminal: Terminal, options: Options, ...args: string[]) => Promise<ExitCode>;

/**
 * Every command with its options. A command's module is loaded only when it runs: `check`, `cost`, `calendar` and `rpo` never load Pulumi.
 *
 * @param given what each command gets besides its command line, for a program that runs commands
 * @param open opens the terminal that a command writes to; standard output and error by default
 */
export function createCommandTree(
  given: Pick<CloudOptions, "timings"> = {},
  open = openTerminal,
): {
  readonly program: Command;
  readonly exitCode: () => ExitCode;
} {
  let ended: ExitCode = ExitCode.done;
  const program = new Command("lor-infra")
    .description(
      "The infrastructure of a small company in two sizes, normal and rush, switched without losing a request.",
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError("(lor-infra --help lists the commands)");

  const runs =
    <Options extends CommonOptions>(load: () => Promise<Handler<Options>>) =>
    async (...parsed: unknown[]) => {
      const command = parsed.at(-1) as Command;
      const options = { ...command.optsWithGlobals(), ...given } as Options;
      requireOffered(command.name(), settingsFolder(options));
      const handler = await load();
      const terminal = open({
        json: options.json || options.format === "json",
        quiet: options.format === "markdown",
      });
      ended = await handler(terminal, options, ...(command.processedArgs as string[]));
    };

  const add = (parent: Command, name: string, description: string) =>
    parent
      .command(name)
      .description(description)
      .option("--json", "one machine-readable document on standard output", false);
  const withSettings = (command: Command) =>
    command
      .option("--settings <dir>", "folder with Pulumi.yaml and the two profile files", ".")
      .option("--stack <name>", "the live copy: prod, test …", "prod");
  const withCloud = (command: Command) =>
    withSettings(command).addOption(
      new Option("--cloud <cloud>", "local: the built-in cloud; otherwise the real one of the system")
        .choices(["local", ...cloudIds])
        .default("local"),
    );
  const withChange = (command: Command) =>
    withCloud(command)
      .option("--yes", "approve without a question", false)
      .option("--parallel <n>", "resources changed at the same time", positiveInteger)
      .option("--take-over", "take the lock of a holder on another machine, after its lease", false)
      .option("--in-freeze", "also while the calendar says that nothing is to be changed", false);

  withSettings(add(program, "check", "check the settings of both profiles, without a cloud")).action(
    runs<SettingsOptions>(async () => (await import("./commands/check.ts")).check),
  );
  withSettings(add(program, "cost", "what a profile costs a month, or a year with its rush"))
    .addOption(profileOption())
    .option("--fronts-flavor <size>", "price the fronts in another size, such as b2-7")
    .addOption(
      new Option("--season", "a year: normal, rush and the switches, by the hour or by monthly plan")
        .conflicts(["profile", "frontsFlavor"])
        .default(false),
    )
    .addOption(
      new Option(
        "--compare <path=value>",
        "what another setting would cost and promise, such as rpo=15m; several times",
      )
        .argParser((text: string, before: readonly string[] = []) => [...before, text])
        .conflicts(["profile", "frontsFlavor", "season"]),
    )
    .addOption(
      new Option("--year <year>", "with --season or --compare, a calendar year")
        .argParser(calendarYear)
        .conflicts("from"),
    )
    .addOption(
      new Option(
        "--from <date>",
        "with --season or --compare, a year from a day on, YYYY-MM-DD; today by default",
      ).argParser(civilDate),
    )
    .option("--price-book <id>", "a price book of the system's cloud; default: prices by the hour")
    .action(runs(async () => (await import("./commands/cost.ts")).cost));
  withSettings(add(program, "rpo", "the most data that each disruption can lose")).action(
    runs(async () => (await import("./commands/rpo.ts")).rpo),
  );
  withSettings(add(program, "calendar", "when rush is wanted, and what it costs"))
    .option("--from <date>", "first day, YYYY-MM-DD; today by default", civilDate)
    .option("--years <n>", "how many years from then, 1 to 200", numberOfYears, 1)
    .option("--ical <file>", "also write it as iCalendar, for a calendar program")
    .option("--price-book <id>", "a price book of the system's cloud; default: prices by the hour")
    .action(runs(async () => (await import("./commands/calendar.ts")).calendar));
  add(program, "init", "write a new project's settings files, with a salt of its own")
    .argument("[dir]", "an empty or new folder", ".")
    .option("--name <name>", "the project's name; the folder's by default")
    .option("--system <id>", "the system that the project is one of", "lor")
    .action(runs(async () => (await import("./commands/init.ts")).init));

  withChange(add(program, "up", "create the system, or repair it, in the profile it runs in"))
    .addOption(profileOption())
    .action(runs(async () => (await import("./commands/up.ts")).up));
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
    .action(runs(async () => (await import("./commands/preview.ts")).preview));
  withChange(add(program, "import", "take a system that exists into the state, without a change to it"))
    .addOption(profileOption())
    .option("--map <file>", "YAML: what is called otherwise in the cloud, `Instance ps-0: its id or name`")
    .option("--secrets <file>", "YAML: secrets in use that no API tells, `User mysql: its password`")
    .option("--dry-run", "only look: exit 3 when something would be refused", false)
    .action(runs(async () => (await import("./commands/import.ts")).importSystem));
  const withSwitch = (command: Command) =>
    withChange(command)
      .option("--plan <file>", "make a plan to review when the file is not there; apply exactly that plan when it is")
      .addOption(
        new Option("--on-failure <what>", "stop: leave a front that fails out of the pool; revert: take its step back")
          .choices(["stop", "revert"])
          .default("stop"),
      );
  withSwitch(add(program, "rush", "switch to the larger profile, one front at a time"))
    .option("--event <name>", "an event of the calendar: refused before its lead and once its change freeze has begun")
    .option("--early", "also before the lead of the event", false)
    .option("--late", "also once the change freeze of the event has begun", false)
    .action(runs(async () => (await import("./commands/switch.ts")).rush));
  withSwitch(add(program, "normal", "switch back to the normal profile, one front at a time"))
    .option("--early", "also before the calendar's rush is over", false)
    .addOption(busyOption())
    .action(runs(async () => (await import("./commands/switch.ts")).normal));
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
    .action(runs(async () => (await import("./commands/season.ts")).season));
  withCloud(add(program, "status", "the profile, the fronts, their health")).action(
    runs(async () => (await import("./commands/status.ts")).status),
  );
  withChange(add(program, "destroy", "delete the system; with data only when asked to"))
    .option("--with-data", "also delete what holds data, after a list of it", false)
    .action(runs(async () => (await import("./commands/destroy.ts")).destroy));
  withChange(add(program, "recover", "put right what an interrupted run left"))
    .option("--replace <front>", "delete one front and build it anew, such as ps-1")
    .option("--give-up <creation>", "stop looking for what an earlier run began to create, as `type name`")
    .action(runs(async () => (await import("./commands/recover.ts")).recover));
  withCloud(add(program, "doctor", "engine, plugins, credentials, clock, price book, state, locks")).action(
    runs(async () => (await import("./commands/doctor.ts")).doctor),
  );
  withSettings(add(program, "demo", "Lor up, into rush and back on the local cloud; leaves nothing running")).action(
    runs(async () => (await import("./commands/demo.ts")).demo),
  );

  const engine = program.command("engine").description("the Pulumi engine");
  add(engine, "install", "find or obtain the engine").action(
    runs(async () => (await import("./commands/engine.ts")).engineInstall),
  );
  add(engine, "status", "where the engine is, and its version").action(
    runs(async () => (await import("./commands/engine.ts")).engineStatus),
  );

  const state = program.command("state").description("the state that everybody shares who works on a stack");
  const loadState = () => import("./commands/state.ts");
  withCloud(add(state, "list", "which states there were, and the copies; exit 5 when the state went backwards")).action(
    runs(async () => (await loadState()).stateList),
  );
  withCloud(add(state, "backup", "copy the state, its secrets still encrypted"))
    .option("--out <file>", "a new file; by default beside the other copies")
    .action(runs(async () => (await loadState()).stateBackup));
  withChange(add(state, "restore", "bring an earlier state back; the cloud is not touched"))
    .argument("<from>", "a number or a name from state list, or a file")
    .action(runs(async () => (await loadState()).stateRestore));

  const cloud = program.command("cloud").description("the built-in local cloud");
  const addCloud = (name: string, description: string) => withSettings(add(cloud, name, description));
  const load = () => import("./commands/cloud.ts");
  addCloud("start", "start it, or say that it runs")
    .option("--realtime", "operations last as long as on the real cloud", false)
    .action(runs(async () => (await load()).cloudStart));
  addCloud("stop", "stop it; what it holds stays").action(runs(async () => (await load()).cloudStop));
  addCloud("status", "whether it runs, and what it holds").action(runs(async () => (await load()).cloudStatus));
  addCloud("env", 'shell variables for plain pulumi: eval "$(lor-infra cloud env)"').action(
    runs(async () => (await load()).cloudEnv),
  );
  addCloud("reset", "empty it")
    .option("--yes", "without a question", false)
    .action(runs(async () => (await load()).cloudReset));
  addCloud("journal", "the calls it received")
    .option("--last <n>", "how many", positiveInteger, 50)
    .action(runs(async () => (await load()).cloudJournal));
  addCloud("fault", "order a fault; without options, list them")
    .addOption(new Option("--effect <effect>", "what goes wrong").choices(faultEffects))
    .option("--type <type>", "resource type, such as openstack:compute/instance:Instance")
    .option("--operation <operation>", "create, read, update, delete, invoke or http")
    .option("--name <name>", "name of the resource")
    .option("--seconds <n>", "for slow: by how much", positiveInteger)
    .option("--times <n>", "how often before it clears itself", positiveInteger, 1)
    .option("--clear", "clear all faults", false)
    .action(runs(async () => (await load()).cloudFault));
  addCloud("restrict", "take quota, sizes or backups away until --clear; without options, list what is lacking")
    .option("--quota <name=limit>", "a new limit, such as instances=3; may be repeated", quotaLimit)
    .option("--withdraw <size...>", "sizes that are not offered any more, such as b2-15-flex or large")
    .option(
      "--backups-stopped <hours>",
      "no backup was made for so many hours, and none is from now on",
      positiveInteger,
    )
    .option("--region <region>", "compute region; the one of the settings by default")
    .option("--clear", "take everything back", false)
    .action(runs(async () => (await load()).cloudRestrict));

  tab(program, { completionCommandName: "completion" });
  return { program, exitCode: () => ended };
}

function profileOption(): Option {
  return new Option("--profile <profile>", "normal or rush").choices(["normal", "rush"]);
}

/** Of a way back. */
function busyOption(): Option {
  return new Option("--busy", "also while more visitors are there than normal can carry").default(false);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is not a whole number of 1 or more.`);
  return value;
}

function quotaLimit(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, limit] = /^([a-zA-Z]+)=(\d{1,9})$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError(`"${text}" is no limit such as instances=3.`);
  return { ...before, [name]: Number(limit) };
}

const mostYears = 200;

function numberOfYears(text: string): number {
  const value = positiveInteger(text);
  if (value > mostYears) throw new InvalidArgumentError(`"${text}" is more than ${mostYears}.`);
  return value;
}

function calendarYear(text: string): number {
  const year = Number(text);
  if (/^\d{4}$/.test(text) && year >= 1900 && year < 3000) return year;
  throw new InvalidArgumentError(`"${text}" is no year from 1900 to 2999.`);
}

/** A day of the calendar as it is, of a year for which every rule has an answer. */
function civilDate(text: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
  if (exists && text >= "1900" && text < "3000") return text;
  throw new InvalidArgumentError(`"${text}" is no date from 1900-01-01 to 2999-12-31.`);
}

function settingsFolder(options: object): string {
  return "settings" in options && typeof options.settings === "string" ? options.settings : ".";
}

import { type Command, Option } from "commander";
import { cloudIds } from "../clouds/registry.ts";
import { positiveInteger, readableFile, withSettings } from "./command-options.ts";

export function withCloud(command: Command): Command {
  return withSettings(command).addOption(
    new Option("--cloud <cloud>", "local: the built-in cloud; otherwise the real one of the system")
      .choices(["local", ...cloudIds])
      .default("local"),
  );
}

export function withChange(command: Command): Command {
  return withCloud(command)
    .option("--yes", "approve without a question", false)
    .option("--parallel <n>", "resources changed at the same time", positiveInteger)
    .option("--take-over", "take the lock of a holder on another machine, after its lease", false)
    .option("--in-freeze", "also while the calendar says that nothing is to be changed", false);
}

export function withIdentity(command: Command): Command {
  return command.option(
    "--identity <file>",
    "private key to log in with; by default the one of the settings",
    readableFile,
  );
}

/** Options of the commands that log in to machines. */
export function withMachine(command: Command): Command {
  return withIdentity(withCloud(command)).option("--no-wait", "fail at once when a machine does not answer yet");
}

export function withSwitch(command: Command): Command {
  return withIdentity(withChange(command))
    .option("--plan <file>", "make a plan to review when the file is not there; apply exactly that plan when it is")
    .addOption(
      new Option("--on-failure <what>", "stop: leave a front that fails out of the pool; revert: take its step back")
        .choices(["stop", "revert"])
        .default("stop"),
    );
}

/** Option of the scale-down. */
export function busyOption(): Option {
  return new Option("--busy", "accept more visitors than normal can serve").default(false);
}

import { accessSync, constants, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";

/** A command with the common options. */
export function add(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option("--json", "one machine-readable document on standard output", false);
}

export function withSettings(command: Command): Command {
  return command
    .option("--settings <dir>", "folder with Pulumi.yaml and the two profile files", ".")
    .option("--stack <name>", "the live copy: prod, test …", "prod");
}

export function profileOption(): Option {
  return new Option("--profile <profile>", "normal or rush").choices(["normal", "rush"]);
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`"${text}" is not a whole number of 1 or more.`);
  return value;
}

/** A regular file that this user may read. */
export function readableFile(path: string): string {
  try {
    if (!statSync(path).isFile()) throw new InvalidArgumentError(`"${path}" is not a regular file.`);
    accessSync(path, constants.R_OK);
  } catch (error) {
    if (error instanceof InvalidArgumentError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new InvalidArgumentError(`"${path}" cannot be read (${code}).`);
  }
  return path;
}

/** A valid date in the range of every calendar rule. */
export function civilDate(text: string): string {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
  if (exists && text >= "1900" && text < "3000") return text;
  throw new InvalidArgumentError(`"${text}" is not a date from 1900-01-01 to 2999-12-31.`);
}

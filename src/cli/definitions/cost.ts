import { InvalidArgumentError, Option } from "commander";
import { add, civilDate, profileOption, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
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
    .action(runs(async () => (await import("../commands/cost.ts")).cost));
};

function calendarYear(text: string): number {
  const year = Number(text);
  if (/^\d{4}$/.test(text) && year >= 1900 && year < 3000) return year;
  throw new InvalidArgumentError(`"${text}" is not a year from 1900 to 2999.`);
}

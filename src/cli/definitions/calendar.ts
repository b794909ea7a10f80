import { InvalidArgumentError } from "commander";
import { add, civilDate, positiveInteger, withSettings } from "../command-options.ts";
import type { DefineCommand } from "../define-command.ts";

export const define: DefineCommand = (program, runs) => {
  withSettings(add(program, "calendar", "when rush is wanted, and what it costs"))
    .option("--from <date>", "first day, YYYY-MM-DD; today by default", civilDate)
    .option("--years <n>", "how many years from then, 1 to 200", numberOfYears, 1)
    .option("--ical <file>", "also write it as iCalendar, for a calendar program")
    .option("--price-book <id>", "a price book of the system's cloud; default: prices by the hour")
    .action(runs(async () => (await import("../commands/calendar.ts")).calendar));
};

const mostYears = 200;

function numberOfYears(text: string): number {
  const value = positiveInteger(text);
  if (value > mostYears) throw new InvalidArgumentError(`"${text}" is more than ${mostYears}.`);
  return value;
}

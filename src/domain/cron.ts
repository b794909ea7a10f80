interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const minute: Field = { name: "minute", from: 0, to: 59 };
const hour: Field = { name: "hour", from: 0, to: 23 };
const dayOfMonth: Field = { name: "day of the month", from: 1, to: 31 };
const month: Field = { name: "month", from: 1, to: 12 };
// 7 is Sunday too.
const dayOfWeek: Field = { name: "day of the week", from: 0, to: 7 };

const secondsPerDay = 86_400;
// Years with regular leap years in which every date falls on every weekday. 2001 began on a Monday.
const firstYear = 2001;
const lastYear = 2028;
const firstWeekday = 1;

/**
 * Longest interval between two runs of a cron expression, in seconds: five fields in UTC with numbers, lists, ranges and steps. @throws RangeError
 * for anything else, and for an expression that never runs
 */
export function longestGapSeconds(expression: string): number {
  const [minutes, hours, days, months, weekdays, ...rest] = expression.trim().split(/\s+/);
  if (
    weekdays === undefined ||
    minutes === undefined ||
    hours === undefined ||
    days === undefined ||
    months === undefined ||
    rest.length > 0
  ) {
    throw new RangeError(
      `a schedule has five fields: minute, hour, day, month, day of the week; not ${JSON.stringify(expression)}`,
    );
  }
  const times = [...readField(hours, hour)].flatMap((h) =>
    [...readField(minutes, minute)].map((m) => h * 3600 + m * 60),
  );
  times.sort((a, b) => a - b);
  const gapWithin = times.slice(1).reduce((gap, time, index) => Math.max(gap, time - (times[index] ?? time)), 0);
  const first = times[0] ?? 0;
  const last = times.at(-1) ?? 0;
  const everyDay = days === "*" && months === "*" && weekdays === "*";
  const daysApart = everyDay ? 1 : longestDaysApart(dayFilter(days, months, weekdays));
  if (daysApart === undefined) {
    throw new RangeError(`a schedule must come back, ${JSON.stringify(expression)} never does`);
  }
  const overnight = daysApart * secondsPerDay + first - last;
  return Math.max(overnight, gapWithin);
}

interface Day {
  readonly month: number;
  readonly dayOfMonth: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

/** Longest distance between two consecutive matching days; undefined with fewer than two. */
function longestDaysApart(runsOn: (day: Day) => boolean): number | undefined {
  let longest: number | undefined;
  let previous: number | undefined;
  let index = 0;
  for (let year = firstYear; year <= lastYear; year++) {
    for (let month = 1; month <= 12; month++) {
      const length = daysInMonth(year, month);
      for (let dayOfMonth = 1; dayOfMonth <= length; dayOfMonth++, index++) {
        if (!runsOn({ month, dayOfMonth, weekday: (firstWeekday + index) % 7 })) continue;
        if (previous !== undefined) longest = Math.max(longest ?? 0, index - previous);
        previous = index;
      }
    }
  }
  return longest;
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** When both day fields are restricted, cron runs on a day that matches either. */
function dayFilter(days: string, months: string, weekdays: string): (day: Day) => boolean {
  const allowedDays = readField(days, dayOfMonth);
  const allowedMonths = readField(months, month);
  const allowedWeekdays = new Set([...readField(weekdays, dayOfWeek)].map((day) => day % 7));
  const eitherDay = !days.startsWith("*") && !weekdays.startsWith("*");
  return (day) => {
    if (!allowedMonths.has(day.month)) return false;
    const dayMatches = allowedDays.has(day.dayOfMonth);
    const weekdayMatches = allowedWeekdays.has(day.weekday);
    return eitherDay ? dayMatches || weekdayMatches : dayMatches && weekdayMatches;
  };
}

function readField(text: string, field: Field): ReadonlySet<number> {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) throw invalid(text, field);
    const step = match[3] === undefined ? 1 : Number(match[3]);
    const from = match[1] === undefined ? field.from : Number(match[1]);
    const single = match[1] !== undefined && match[2] === undefined && match[3] === undefined;
    const to = match[2] !== undefined ? Number(match[2]) : single ? from : field.to;
    if (step < 1 || from < field.from || to > field.to || from > to) throw invalid(text, field);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

function invalid(text: string, { name, from, to }: Field): RangeError {
  return new RangeError(
    `the ${name} of a schedule is *, ${from} to ${to}, a list, a range or a step, not ${JSON.stringify(text)}`,
  );
}

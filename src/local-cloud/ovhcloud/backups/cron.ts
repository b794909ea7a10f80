const minute = 60_000;
/** A time that does not come within four years never comes. */
const horizon = 4 * 366 * 24 * 3600 * 1000;

/** The parsed five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday), UTC. */
export interface Cron {
  readonly fields: readonly ReadonlySet<number>[];
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
}

const bounds: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
];

/** @returns undefined when the text is not five fields of numbers, `*`, lists, ranges and steps. */
export function parseCron(text: string): Cron | undefined {
  const parts = text.trim().split(/\s+/);
  const fields = parts.map((part, index) => parseField(part, bounds[index] ?? [0, -1]));
  const known = fields.filter((field): field is Set<number> => field !== undefined);
  if (parts.length !== bounds.length || known.length !== bounds.length) {
    return undefined;
  }
  if (known[4]?.has(7) === true) {
    known[4].add(0);
  }
  return { fields: known, anyDay: parts[2]?.startsWith("*") === true, anyWeekday: parts[4]?.startsWith("*") === true };
}

function parseField(text: string, [low, high]: readonly [number, number]): Set<number> | undefined {
  const values = new Set<number>();
  for (const part of text.split(",")) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (match === null) {
      return undefined;
    }
    const [, first, last, step] = match;
    const from = first === undefined ? low : Number(first);
    const to = last === undefined ? (first === undefined || step !== undefined ? high : from) : Number(last);
    const by = step === undefined ? 1 : Number(step);
    if (from < low || to > high || from > to || by < 1) {
      return undefined;
    }
    for (let value = from; value <= to; value += by) {
      values.add(value);
    }
  }
  return values;
}

/** The last `count` times of the cron after `from` and not after `to` (milliseconds), newest first. */
export function lastTimes(cron: Cron, from: number, to: number, count: number): number[] {
  const times: number[] = [];
  const earliest = Math.max(from, to - horizon);
  let at = Math.floor(to / minute) * minute;
  while (at > earliest && times.length < count) {
    const date = new Date(at);
    if (!matchesDay(cron, date)) {
      // To the last minute of the day before.
      at = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - minute;
    } else if (cron.fields[1]?.has(date.getUTCHours()) !== true) {
      at = Math.floor(at / (60 * minute)) * 60 * minute - minute;
    } else {
      if (cron.fields[0]?.has(date.getUTCMinutes()) === true) {
        times.push(at);
      }
      at -= minute;
    }
  }
  return times;
}

function matchesDay(cron: Cron, date: Date): boolean {
  const day = cron.fields[2]?.has(date.getUTCDate()) === true;
  const weekday = cron.fields[4]?.has(date.getUTCDay()) === true;
  // Two restricted day fields mean either of them, as cron has it.
  const fits = cron.anyDay || cron.anyWeekday ? day && weekday : day || weekday;
  return cron.fields[3]?.has(date.getUTCMonth() + 1) === true && fits;
}

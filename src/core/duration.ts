import { Temporal } from "temporal-polyfill";

/**
 * A fixed length of time, in whole milliseconds, at least zero. Written in ISO 8601 (`PT30M`, `P1D`). Months and years are refused because they
 * have no fixed length; a day is 24 hours. A conversion that would lose precision throws.
 */
export class Duration {
  readonly milliseconds: number;

  private constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  static ofSeconds(seconds: number): Duration {
    return Duration.ofMilliseconds(seconds * 1000);
  }

  static ofMilliseconds(milliseconds: number): Duration {
    if (!Number.isSafeInteger(milliseconds) || milliseconds < 0) {
      throw new RangeError(`a duration is a whole number of milliseconds from 0 to 2^53, not ${milliseconds}`);
    }
    return new Duration(milliseconds);
  }

  /** Parses ISO 8601, such as `PT1H30M`. @throws RangeError that names the accepted form */
  static parse(text: string): Duration {
    const duration = readIso(text);
    if (duration.sign < 0) throw new RangeError(`a duration is at least zero, not ${text}`);
    if (duration.years !== 0 || duration.months !== 0) {
      throw new RangeError(
        `a duration has a fixed length: weeks, days, hours, minutes, seconds; ${text} has months or years`,
      );
    }
    if (duration.microseconds !== 0 || duration.nanoseconds !== 0) {
      throw new RangeError(`a duration is exact to the millisecond, ${text} is finer`);
    }
    const milliseconds =
      (((duration.weeks * 7 + duration.days) * 24 + duration.hours) * 60 + duration.minutes) * 60_000 +
      duration.seconds * 1000 +
      duration.milliseconds;
    return Duration.ofMilliseconds(milliseconds);
  }

  /** Whole seconds. @throws RangeError for a fraction */
  inSeconds(): number {
    return this.#in(1000, "seconds");
  }

  /** Whole minutes. @throws RangeError for a fraction */
  inMinutes(): number {
    return this.#in(60_000, "minutes");
  }

  plus(other: Duration): Duration {
    return Duration.ofMilliseconds(this.milliseconds + other.milliseconds);
  }

  isLongerThan(other: Duration): boolean {
    return this.milliseconds > other.milliseconds;
  }

  /** ISO 8601 with the largest units up to days: `P1DT2H`, `PT0S`. */
  toString(): string {
    const seconds = Math.floor(this.milliseconds / 1000);
    return Temporal.Duration.from({
      days: Math.floor(seconds / 86_400),
      hours: Math.floor((seconds % 86_400) / 3600),
      minutes: Math.floor((seconds % 3600) / 60),
      seconds: seconds % 60,
      milliseconds: this.milliseconds % 1000,
    }).toString();
  }

  toJSON(): string {
    return this.toString();
  }

  #in(unit: number, name: string): number {
    if (this.milliseconds % unit !== 0) throw new RangeError(`${this} is not a whole number of ${name}`);
    return this.milliseconds / unit;
  }
}

function readIso(text: string): Temporal.Duration {
  try {
    return Temporal.Duration.from(text);
  } catch {
    throw new RangeError(`a duration is written in ISO 8601, such as PT30M, PT1H or P1D, not ${JSON.stringify(text)}`);
  }
}

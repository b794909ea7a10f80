import * as z from "zod";
import { isDay } from "../core/calendar-day.ts";
import { Cidr, IpAddress } from "../core/cidr.ts";
import { Duration } from "../core/duration.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { Money } from "../core/money.ts";
import { didYouMean } from "../core/nearest-name.ts";
import { Size } from "../core/size.ts";

/** Details of a field's refusal; passed in the `params` of a zod issue. */
export interface FieldRefusal {
  readonly code: ErrorCode;
  readonly accepted: string;
  readonly exit?: 2 | 3;
}

/** A text of a given form. */
export function text(form: RegExp, refusal: FieldRefusal) {
  return z.string(refusal.accepted).refine((value) => form.test(value), {
    message: `is not of the form that is asked for`,
    params: { ...refusal },
  });
}

/** An e-mail address: two parts around an @, the second with a dot. */
export function email() {
  return text(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, { code: "email-invalid", accepted: "an e-mail address" });
}

/** One of a few texts. */
export function oneOf<const T extends readonly [string, ...string[]]>(values: T, code: ErrorCode) {
  return z.string(values.join(", ")).transform((value, context): T[number] => {
    const found = values.find((candidate) => candidate === value);
    if (found !== undefined) return found;
    return refuse(context, `does not exist${didYouMean(value, values)}`, {
      code,
      accepted: values.join(", "),
    });
  });
}

/** A whole number in a range, both ends inclusive. */
export function whole(from: number, to: number, code: ErrorCode) {
  const accepted = `a whole number from ${from} to ${to}`;
  return z.number(accepted).refine((value) => Number.isInteger(value) && value >= from && value <= to, {
    message: "is out of range",
    params: { code, accepted } satisfies FieldRefusal,
  });
}

/** ISO 8601 in whole seconds, between `least` and, if given, `most`. */
export function duration(least: string, most?: string) {
  const refusal: FieldRefusal = {
    code: "duration-invalid",
    accepted: `whole seconds in ISO 8601 from ${least}, such as PT30M, PT1H or P1D; months and years have no fixed length`,
  };
  return z.string(refusal.accepted).transform((value, context): Duration => {
    const parsed = attempt(() => Duration.parse(value), context, refusal);
    if (parsed === z.NEVER) return z.NEVER;
    if (parsed.milliseconds % 1000 !== 0) return refuse(context, "is not whole seconds", refusal);
    if (Duration.parse(least).isLongerThan(parsed)) return refuse(context, "is too short", refusal);
    if (most === undefined || !parsed.isLongerThan(Duration.parse(most))) return parsed;
    return refuse(context, "is too long", { code: "duration-too-long", accepted: `${least} to ${most}` });
  });
}

/** A whole number of gigabytes, or a text with a unit, in a range of gigabytes. */
export function gigabytes(from: number, to: number) {
  const refusal: FieldRefusal = {
    code: "size-invalid",
    accepted: `${from} to ${to} GB, as a number or with a unit such as 100 GB`,
  };
  return z.union([z.number(), z.string()], refusal.accepted).transform((value, context): Size => {
    const parsed = attempt(
      () => (typeof value === "number" ? Size.of(value, "GB") : Size.parse(value)),
      context,
      refusal,
    );
    if (parsed === z.NEVER) return z.NEVER;
    const amount = attempt(() => parsed.in("GB"), context, refusal);
    if (amount === z.NEVER) return z.NEVER;
    return amount < from || amount > to ? refuse(context, "is out of range", refusal) : parsed;
  });
}

/** A monthly amount of one currency, or the word `none`. */
export function moneyOrNone(currency: string) {
  const refusal: FieldRefusal = {
    code: "amount-invalid",
    accepted: `an amount in ${currency} from 0, such as 400 or 399.90, or none`,
  };
  return z.union([z.number(), z.string()], refusal.accepted).transform((value, context): Money | undefined => {
    if (value === "none") return undefined;
    const amount = attempt(() => Money.of(String(value), currency), context, refusal);
    if (amount === z.NEVER) return z.NEVER;
    return Money.zero(currency).isMoreThan(amount) ? refuse(context, "is below zero", refusal) : amount;
  });
}

/** A day of the calendar, `YYYY-MM-DD`. */
export function day() {
  const refusal: FieldRefusal = { code: "date-invalid", accepted: "a day of the calendar, such as 2027-01-31" };
  return z.string(refusal.accepted).refine(isDay, {
    message: "is not a calendar day",
    params: { ...refusal },
  });
}

export function address() {
  const refusal: FieldRefusal = { code: "address-invalid", accepted: "an IPv4 address such as 10.10.1.10" };
  return z
    .string(refusal.accepted)
    .transform((value, context) => attempt(() => IpAddress.parse(value), context, refusal));
}

export function network() {
  const refusal: FieldRefusal = { code: "network-invalid", accepted: "an IPv4 network such as 10.10.1.0/24" };
  return z.string(refusal.accepted).transform((value, context) => attempt(() => Cidr.parse(value), context, refusal));
}

/** At least one network, none twice: each becomes a rule of a security group, which has no rule twice. */
export function networks() {
  return z
    .array(network(), "a list of networks such as 203.0.113.0/24")
    .min(1, "at least one network")
    .superRefine((all, context) => {
      const texts = all.map(String);
      for (const [index, value] of texts.entries()) {
        if (texts.indexOf(value) === index) continue;
        context.addIssue({
          code: "custom",
          path: [index],
          message: `names ${value} a second time`,
          params: { code: "network-duplicate", accepted: "each network once" } satisfies FieldRefusal,
        });
      }
    });
}

interface Refusing {
  addIssue(issue: { code: "custom"; message: string; params: Record<string, unknown> }): void;
}

/** A value read by a function. A RangeError of the function refuses the value, with its message unless another one is given. */
export function attempt<T>(parse: () => T, context: Refusing, refusal: FieldRefusal, message?: string): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return refuse(context, message ?? error.message, refusal);
  }
}

/** Refuses the value of a field. */
export function refuse(context: Refusing, message: string, refusal: FieldRefusal): never {
  context.addIssue({ code: "custom", message, params: { ...refusal } });
  return z.NEVER;
}

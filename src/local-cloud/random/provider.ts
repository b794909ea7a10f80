import { host } from "../../os/host.ts";
import { randomBelow } from "../../os/random.ts";
import type { CallContext, Observed, PackageAdapters, ResourceAdapter } from "../provider/resource-adapter.ts";
import { flagOf, needNumber, numberOf, textOf } from "../provider/value-readers.ts";
import type { Values } from "../provider/wire-values.ts";
import { textClasses } from "../provider/write-only-inputs.ts";

/** The random package knows no cloud: what it made lives in the engine's state alone, and is imported by its value. */
class RandomAdapter implements ResourceAdapter {
  readonly service = "random";
  readonly inputs: readonly string[];
  readonly #make: (inputs: Values) => Observed;
  readonly #adopt: (id: string) => Observed;

  constructor(inputs: readonly string[], make: (inputs: Values) => Observed, adopt: (id: string) => Observed) {
    this.inputs = inputs;
    this.#make = make;
    this.#adopt = adopt;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const made = this.#make(inputs);
    await call.accepted(made.id);
    return made;
  }

  async read(id: string, known: Values): Promise<Observed> {
    return Object.keys(known).length === 0 ? this.#adopt(id) : { id, state: known };
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    await call.accepted(id);
  }
}

const textInputs = [...textClasses, "length"];

/** Every type of the random package that is supported. `bcryptHash` of a password is left out: nothing here makes one. */
export const randomAdapters: PackageAdapters = {
  resources: {
    "random:index/randomPassword:RandomPassword": new RandomAdapter(
      textInputs,
      (inputs) => ({ id: "none", state: { result: randomText(inputs) } }),
      (result) => ({ id: "none", state: { result, length: result.length } }),
    ),
    "random:index/randomString:RandomString": new RandomAdapter(
      textInputs,
      (inputs) => {
        const result = randomText(inputs);
        return { id: result, state: { result } };
      },
      (result) => ({ id: result, state: { result, length: result.length } }),
    ),
    "random:index/randomId:RandomId": new RandomAdapter(
      ["keepers", "byteLength", "prefix"],
      (inputs) =>
        observeBytes(Buffer.from(host().randomBytes(needNumber(inputs, "byteLength"))), textOf(inputs, "prefix") ?? ""),
      (id) =>
        observeBytes(
          Buffer.from(id.split(",").at(-1) ?? "", "base64url"),
          id.includes(",") ? (id.split(",")[0] ?? "") : "",
        ),
    ),
    "random:index/randomUuid:RandomUuid": new RandomAdapter(
      ["keepers"],
      () => {
        const result = host().randomUUID();
        return { id: result, state: { result } };
      },
      (result) => ({ id: result, state: { result } }),
    ),
  },
  functions: {},
};

function observeBytes(bytes: Buffer, prefix: string): Observed {
  const hex = bytes.toString("hex");
  return {
    id: bytes.toString("base64url"),
    state: {
      byteLength: bytes.length,
      prefix: prefix === "" ? undefined : prefix,
      b64Url: prefix + bytes.toString("base64url"),
      b64Std: prefix + bytes.toString("base64"),
      hex: prefix + hex,
      dec: prefix + BigInt(`0x${hex}`).toString(10),
    },
  };
}

/** As terraform-provider-random makes one: the least of each class first, the rest from all allowed, then shuffled. */
function randomText(inputs: Values): string {
  const classes = [
    {
      on: flagOf(inputs, "lower") ?? true,
      least: numberOf(inputs, "minLower") ?? 0,
      letters: "abcdefghijklmnopqrstuvwxyz",
    },
    {
      on: flagOf(inputs, "upper") ?? true,
      least: numberOf(inputs, "minUpper") ?? 0,
      letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    },
    {
      on: (flagOf(inputs, "numeric") ?? true) && (flagOf(inputs, "number") ?? true),
      least: numberOf(inputs, "minNumeric") ?? 0,
      letters: "0123456789",
    },
    {
      on: flagOf(inputs, "special") ?? true,
      least: numberOf(inputs, "minSpecial") ?? 0,
      letters: textOf(inputs, "overrideSpecial") ?? "!@#$%&*()-_=+[]{}<>:?",
    },
  ];
  const length = needNumber(inputs, "length");
  const least = classes.reduce((sum, part) => sum + part.least, 0);
  if (length < 1 || length < least)
    throw new Error(`length ${length} is less than 1 or than the sum of the minimums, ${least}`);
  const allowed = classes
    .filter((part) => part.on)
    .map((part) => part.letters)
    .join("");
  if (allowed === "") throw new Error("at least one of lower, upper, numeric and special must be true");
  const picked = classes.flatMap((part) => Array.from({ length: part.least }, () => pick(part.letters)));
  while (picked.length < length) picked.push(pick(allowed));
  for (let index = picked.length - 1; index > 0; index -= 1) {
    const other = randomBelow(index + 1);
    [picked[index], picked[other]] = [picked[other] ?? "", picked[index] ?? ""];
  }
  return picked.join("");
}

function pick(letters: string): string {
  return letters.charAt(randomBelow(letters.length));
}

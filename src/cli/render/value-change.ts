import type { ValueChange } from "../../engine/port.ts";

/** Maximum number of characters shown of a value. */
const longestValue = 60;
/** Number of characters before the first difference of two long values. */
const keptBefore = 10;

/** Both values of a change as one line each, truncated around the first difference. */
export function renderValues({ before, after }: ValueChange): readonly [string, string] {
  const [one, other] = [renderValue(before), renderValue(after)];
  const skipped =
    Math.max(one.length, other.length) <= longestValue ? 0 : Math.max(0, commonStart(one, other) - keptBefore);
  return [cut(one, skipped), cut(other, skipped)];
}

function renderValue(value: unknown): string {
  if (value === null || value === undefined) return "none";
  const text = typeof value === "string" && value !== "" ? value : JSON.stringify(value);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a value from the cloud must not steer the terminal
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ").trim();
}

function commonStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function cut(text: string, skipped: number): string {
  const rest = skipped === 0 || skipped >= text.length ? text : `…${text.slice(skipped)}`;
  return rest.length <= longestValue ? rest : `${rest.slice(0, longestValue - 1)}…`;
}

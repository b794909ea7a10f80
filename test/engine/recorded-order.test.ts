import type { Resource } from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { RecordedOrder } from "../../src/engine/recorded-order.ts";

/** Declares a program's resources, name -> what each waits for; gives what each waits for besides, because it was recorded. */
async function besides(
  recorded: Readonly<Record<string, readonly string[]>>,
  program: Readonly<Record<string, readonly string[]>>,
  parents: Readonly<Record<string, string>> = {},
): Promise<Record<string, readonly unknown[]>> {
  const order = new RecordedOrder(new Map(Object.entries(recorded)));
  const waits = Object.entries(program).map(([name, dependsOn]) => {
    const resource = name as unknown as Resource;
    return [name, order.declare(name, resource, { dependsOn, parent: parents[name] })] as const;
  });
  order.complete();
  const found = await Promise.all(waits.map(async ([name, more]) => [name, (await more) ?? []] as const));
  return Object.fromEntries(found.filter(([, more]) => more.length > 0));
}

test("what was recorded is waited for besides, whichever is declared first", async () => {
  expect(await besides({ a: ["b"] }, { a: [], b: [] })).toEqual({ a: ["b"] });
  expect(await besides({ a: ["b"] }, { b: [], a: ["b"] })).toEqual({});
});

test("what the program has no more is not waited for", async () => {
  expect(await besides({ a: ["gone"], gone: [] }, { a: [] })).toEqual({});
});

test("no circle is made: neither with the program's order, nor by two that were recorded, nor through what a component holds", async () => {
  expect(await besides({ a: ["b"] }, { a: [], b: ["a"] })).toEqual({});
  expect(await besides({ a: ["b"], c: ["a"] }, { a: [], b: ["c"], c: [] })).toEqual({ a: ["b"] });
  expect(await besides({ child: ["a"] }, { shelf: [], child: [], a: ["shelf"] }, { child: "shelf" })).toEqual({});
});

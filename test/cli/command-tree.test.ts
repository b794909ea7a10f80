import type { Command } from "commander";
import { expect, it } from "vitest";
import { createCommandTree } from "../../src/cli/command-tree.ts";

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

/** Negations that are meant: their value arrives as `false` under the name without `no-`. */
const meant = ["--no-wait"];

it("no other option begins with --no-: commander would read it as the negation of another one, and its value would never arrive", async () => {
  const commands = commandsOf((await createCommandTree()).program);
  expect(commands.length).toBeGreaterThan(20);
  const negations = commands.flatMap(({ options }) => options.filter(({ negate }) => negate).map(({ long }) => long));
  expect([...new Set(negations)]).toEqual(meant);
});

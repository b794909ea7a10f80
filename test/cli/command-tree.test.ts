import type { Command } from "commander";
import { expect, it } from "vitest";
import { createCommandTree } from "../../src/cli/command-tree.ts";

function commandsOf(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

it("no option begins with --no-: commander would read it as the negation of another one, and its value would never arrive", async () => {
  const commands = commandsOf((await createCommandTree()).program);
  expect(commands.length).toBeGreaterThan(20);
  expect(commands.flatMap(({ options }) => options.filter(({ negate }) => negate).map(({ long }) => long))).toEqual([]);
});

import type { Command } from "commander";
import { shellWords } from "../os/shell-words.ts";

/** Options that choose the project, its stack and its cloud: a command that is told to a person needs those that were typed. */
const scopeOptions = ["settings", "stack", "cloud"] as const;

type Scope = ReadonlyMap<string, string>;

/** The scope that a command line chooses, as typed. */
export function typedScope(argv: readonly string[]): Scope {
  const scope = new Map<string, string>();
  for (const [index, word] of argv.entries()) {
    if (word === "--") break;
    for (const name of scopeOptions) {
      if (word === `--${name}`) scope.set(name, argv[index + 1] ?? "");
      else if (word.startsWith(`--${name}=`)) scope.set(name, word.slice(name.length + 3));
    }
  }
  return scope;
}

/** Repeats a scope in each command of a text that accepts it: `lor-infra up` becomes `lor-infra up --stack test`. */
export function repeatScope(text: string, scope: Scope, program: Command): string {
  return text.replace(/\blor-infra((?: [a-z]+)+)([^`,;\n]*)/g, (_whole, typed: string, rest: string) => {
    const words = typed.trim().split(" ");
    const { command, used } = findCommand(program, words);
    const after = [...words.slice(used).map((word) => ` ${word}`), rest].join("");
    return `${["lor-infra", ...words.slice(0, used)].join(" ")}${missingOptions(command, scope, after)}${after}`;
  });
}

/** The deepest command that the words begin with, and how many of them name it. */
function findCommand(program: Command, words: readonly string[]): { readonly command: Command; readonly used: number } {
  let command = program;
  let used = 0;
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    used += 1;
  }
  return { command, used };
}

function missingOptions(command: Command, scope: Scope, after: string): string {
  return [...scope]
    .filter(([name, value]) => {
      const option = command.options.find((one) => one.long === `--${name}`);
      return option !== undefined && option.defaultValue !== value && !after.includes(` --${name}`);
    })
    .map(([name, value]) => ` --${name} ${shellWords([value])}`)
    .join("");
}

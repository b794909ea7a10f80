import type { Command } from "commander";

/** Words of a command up to the end of the sentence that it stands in. */
export function words(text: string): readonly string[] {
  const all: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    // What follows is a command on a machine.
    if (word === "--") break;
    all.push(word.replace(/[.,:'\])]+$/, ""));
    if (/[.,:'\])]$/.test(word)) break;
  }
  return all;
}

/** What is wrong with a command of lor-infra: its name or an option does not exist. Empty: nothing. */
export function judgeCommand(program: Command, given: readonly string[]): readonly string[] {
  const [name = "", ...rest] = given;
  if (name.startsWith("-")) return ["--help", "--version"].includes(name) ? [] : [`lor-infra ${name}`];
  // A placeholder: the name is only known when it happens.
  if (/^[<{]/.test(name)) return [];
  const found = program.commands.find((command) => command.name() === name);
  if (found === undefined) return [`lor-infra ${name}`];
  const inner = found.commands.find((command) => command.name() === rest[0]);
  if (found.commands.length > 0 && name !== "completion" && name !== "complete" && inner === undefined) {
    return rest[0] === undefined ? [] : [`lor-infra ${name} ${rest[0]}`];
  }
  const command = inner ?? found;
  const known = [...command.options.map((option) => option.long ?? ""), "--help"];
  return rest
    .filter((word) => word.startsWith("--") && !known.includes(word))
    .map((word) => `lor-infra ${given.join(" ")}: ${word}`);
}

import { type Command, Help } from "commander";
import { ExitCode, LorError } from "../core/errors.ts";
import type { SystemDefinition } from "../systems/contract.ts";
import { requireSystem, systemIds } from "../systems/registry.ts";
import { systemInFolder } from "../systems/system-in-folder.ts";

/** Commands that only a system with a capability offers. */
const needed: Readonly<Record<string, keyof SystemDefinition["capabilities"]>> = {
  app: "access",
  copy: "access",
  inventory: "access",
  logs: "access",
  run: "access",
  ssh: "access",
  calendar: "rolling",
  demo: "rolling",
  normal: "rolling",
  rush: "rolling",
  season: "rolling",
};

/** Why a system without a capability does not offer a command. */
const reasons: Readonly<Partial<Record<keyof SystemDefinition["capabilities"], string>>> = {
  access: "its machines are not reached by SSH",
  rolling: "it has one size, and no rush to switch to",
};

/** Hides the commands from the help that the system in a folder does not offer. */
export function hideUnoffered(program: Command, folder: string): void {
  const system = systemInFolder(folder);
  if (system === undefined) return;
  const hidden = program.commands.filter((command) => !isOffered(system, command.name()));
  const standard = new Help();
  program.configureHelp({
    visibleCommands: (command) => standard.visibleCommands(command).filter((one) => !hidden.includes(one)),
  });
}

/**
 * Refuses a command that the system in a folder does not offer. A folder without a readable project passes: the command itself reports the problem.
 * @throws LorError `not-offered`
 */
export function requireOffered(command: string, folder: string): void {
  // Reading the project's file twice is only needed for commands that some system lacks.
  if (systemIds.every((id) => isOffered(requireSystem(id), command))) return;
  const system = systemInFolder(folder);
  if (system === undefined || isOffered(system, command)) return;
  throw new LorError({
    code: "not-offered",
    message: `the system ${system.id} does not offer \`${command}\`: ${reasons[needed[command] ?? "rolling"] ?? "it has no such capability"}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "system",
    seen: system.id,
    accepted: "a command of `lor-infra --help`",
    next: "lor-infra --help",
  });
}

function isOffered({ capabilities }: SystemDefinition, command: string): boolean {
  const capability = needed[command];
  return capability === undefined || capabilities[capability] !== undefined;
}

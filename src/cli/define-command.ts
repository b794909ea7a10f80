import type { Command } from "commander";
import type { CommonOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Runs a command with its options and arguments, writes to the terminal, and returns the exit code: an `ExitCode`, or that of a command on a machine. */
type Handler<Options> = (terminal: Terminal, options: Options, ...args: string[]) => Promise<number>;

/** Returns a commander action that loads its handler when the command runs. */
export type Runs = <Options extends CommonOptions>(
  load: () => Promise<Handler<Options>>,
) => (...parsed: unknown[]) => Promise<void>;

/** Adds a command, or several that share their options, to the program. */
export type DefineCommand = (program: Command, runs: Runs) => void;

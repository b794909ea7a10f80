import confirm from "@inquirer/confirm";
import { ExitCode, LorError } from "../core/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Asks a person to approve. Without a terminal (a pipe, a job, `--json`) nothing is assumed.
 * @throws LorError `approval-needed`
 */
export async function askYes(terminal: Terminal, question: string): Promise<boolean> {
  if (!terminal.interactive || process.stdin.isTTY !== true) {
    throw new LorError({
      code: "approval-needed",
      message: `no terminal to answer "${question}"; nothing was changed`,
      exit: ExitCode.usage,
      culprit: "user",
      accepted: "--yes, once you know what it does",
      next: "the same command with --yes",
    });
  }
  return await confirm({ message: question, default: false });
}

import { CommanderError } from "commander";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import { asSystemError } from "../../os/system-error.ts";

/** Renders an error: problem, value seen, values accepted, next command. */
export function renderError(error: unknown, debug: boolean): string {
  const known = asLorError(error);
  const details = [
    ["setting", known.path],
    ["seen", known.seen],
    ["accepted", known.accepted],
    ["next", known.next],
  ] as const;
  const lines = [`error: ${known.message} [${known.code}]`];
  for (const [label, value] of details) if (value !== undefined) lines.push(`  ${label.padEnd(9)} ${value}`);
  if (debug && error instanceof Error && error.stack !== undefined) lines.push(error.stack);
  return lines.join("\n");
}

/** The same as a document for scripts. */
export function errorDocument(error: unknown): object {
  const { code, message, path, seen, accepted, next, culprit, also } = asLorError(error);
  return { version: 1, ok: false, error: { code, message, path, seen, accepted, next, culprit }, ...also };
}

export function asLorError(error: unknown): LorError {
  if (error instanceof LorError) return error;
  if (error instanceof CommanderError) {
    return new LorError({
      code: "usage",
      message: error.message.replace(/^error: /, ""),
      exit: ExitCode.usage,
      culprit: "user",
      next: "lor-infra --help",
    });
  }
  const refused = asSystemError(error);
  if (refused !== undefined) return refused;
  return new LorError({
    code: "internal",
    message: messageOf(error),
    exit: ExitCode.failed,
    culprit: "tool",
    next: "run the same command with LOR_INFRA_DEBUG=1 and report what it prints",
    cause: error,
  });
}

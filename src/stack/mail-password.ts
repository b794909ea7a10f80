import { ExitCode, LorError } from "../core/errors.ts";
import type { Environment } from "../os/cache-home.ts";
import { readUserText } from "../os/user-file.ts";
import type { Project } from "../systems/load-project.ts";

/** Largest file, in bytes: one line. */
const largest = 4096;

/** One line of printable characters, as the machines' configuration files can hold it. */
const line = /^[\x21-\x7e]([\x20-\x7e]{0,510}[\x21-\x7e])?$/;

/**
 * Reads the password of the mail relay's user from the file that the environment names; a line break at its end is ignored.
 *
 * @returns undefined when neither a user nor a password is given
 * @throws LorError `mail-password-missing`, `mail-password-invalid`, `mail-user-missing`
 */
export function readMailPassword({ system, settings }: Project, env: Environment): string | undefined {
  if (system.mail === undefined) return undefined;
  const { variable } = system.mail;
  const user = system.mail.user(settings.normal);
  const file = env[variable] || undefined;
  if (user === undefined) {
    if (file === undefined) return undefined;
    throw new LorError({
      code: "mail-user-missing",
      message: `${variable} names the password of a mail relay, and the settings name no user for it`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "mail.user",
      seen: file,
      accepted: "both or neither",
      next: `set mail.user, or unset ${variable}; then the same command again`,
    });
  }
  if (file === undefined) {
    throw new LorError({
      code: "mail-password-missing",
      message: `mail.user is ${user}, and ${variable} is not set`,
      exit: ExitCode.usage,
      culprit: "user",
      path: variable,
      accepted: "the path of a file with the password in one line, readable by you alone",
      next: `export ${variable}=FILE, then the same command again; or remove mail.user`,
    });
  }
  const read = readUserText(file, largest);
  if (!read.ok) throw invalid(variable, file, `the file ${read.fault.reason}`, read.fault.accepted);
  const password = read.content.replace(/\r?\n$/, "");
  // The content is never shown.
  if (!line.test(password))
    throw invalid(variable, file, "the file is not one line of printable ASCII without spaces around it", accepted);
  return password;
}

const accepted = "the password in one line of 1 to 512 printable ASCII characters";

function invalid(variable: string, file: string, what: string, wanted: string): LorError {
  return new LorError({
    code: "mail-password-invalid",
    message: `the password of the mail relay cannot be read: ${what}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: variable,
    seen: file,
    accepted: wanted,
    next: `write the password to a file, export ${variable}=FILE, then the same command again`,
  });
}

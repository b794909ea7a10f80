import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { opensEncryptionSalt } from "./encryption-salt.ts";

/** Passphrase of the committed example. Public: only for the local cloud, which holds nothing of value. */
export const examplePassphrase = "local";

export interface PassphraseArgs {
  /** State folder of the project, `.lor-infra`. */
  readonly home: string;
  readonly cloud: "local" | "ovh";
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Passphrase {
  readonly value: string;
  readonly origin: "PULUMI_CONFIG_PASSPHRASE" | "PULUMI_CONFIG_PASSPHRASE_FILE" | "state folder" | "example";
}

/**
 * The passphrase of a project's secrets: environment, file named by the environment, file in the state folder, and on the local cloud only the public
 * example. Throws `passphrase-missing`, `passphrase-unreadable`, `passphrase-public`. It is not tried on the salt: that takes half a second,
 * see `checkPassphrase`.
 */
export function findPassphrase({ home, cloud, environment }: PassphraseArgs): Passphrase {
  const found = findPassphraseInEnvironment(environment) ?? fromStateFolder(home) ?? fromExample(cloud);
  if (found === undefined) {
    throw new LorError({
      code: "passphrase-missing",
      message: "the secrets of this project cannot be opened: their passphrase is not known",
      exit: ExitCode.usage,
      culprit: "user",
      accepted: `PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE or the file ${join(home, "passphrase")}`,
      next: "export PULUMI_CONFIG_PASSPHRASE_FILE=<file>",
    });
  }
  if (cloud !== "local" && found.value === examplePassphrase) {
    throw new LorError({
      code: "passphrase-public",
      message: "the passphrase of the public example does not protect a real stack",
      exit: ExitCode.refused,
      culprit: "user",
      accepted: "a project with its own passphrase",
      next: "lor-infra init",
    });
  }
  return found;
}

/** Throws `passphrase-wrong` when the passphrase is not the one the salt was made with. Takes about half a second. */
export function checkPassphrase({ value, origin }: Passphrase, encryptionSalt: string): void {
  if (opensEncryptionSalt(value, encryptionSalt)) return;
  throw new LorError({
    code: "passphrase-wrong",
    message: `the passphrase (from ${origin}) does not open the secrets of this project`,
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "the passphrase that the profile files' encryptionsalt was made with",
    next: "export PULUMI_CONFIG_PASSPHRASE_FILE=<file>",
  });
}

/** What the environment gives, as Pulumi reads it; undefined when it gives nothing. Throws `passphrase-unreadable`. */
export function findPassphraseInEnvironment(environment: PassphraseArgs["environment"]): Passphrase | undefined {
  const { PULUMI_CONFIG_PASSPHRASE: value, PULUMI_CONFIG_PASSPHRASE_FILE: file } = environment;
  if (value !== undefined) return { value, origin: "PULUMI_CONFIG_PASSPHRASE" };
  if (file === undefined || file === "") return undefined;
  const content = readFirstLine(file);
  if (content !== undefined) return { value: content, origin: "PULUMI_CONFIG_PASSPHRASE_FILE" };
  throw new LorError({
    code: "passphrase-unreadable",
    message: "the passphrase file that the environment names cannot be read",
    exit: ExitCode.usage,
    culprit: "user",
    path: "PULUMI_CONFIG_PASSPHRASE_FILE",
    seen: file,
    accepted: "a file with the passphrase on its first line",
  });
}

function fromStateFolder(home: string): Passphrase | undefined {
  const value = readFirstLine(join(home, "passphrase"));
  return value === undefined ? undefined : { value, origin: "state folder" };
}

function fromExample(cloud: PassphraseArgs["cloud"]): Passphrase | undefined {
  return cloud === "local" ? { value: examplePassphrase, origin: "example" } : undefined;
}

function readFirstLine(file: string): string | undefined {
  try {
    // Pulumi trims the file too (its passphrase provider reads the same file).
    const content = readFileSync(file, "utf8").trim();
    return content === "" ? undefined : content;
  } catch {
    return undefined;
  }
}

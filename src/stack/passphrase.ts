import { existsSync } from "node:fs";
import { join } from "node:path";
import { opensEncryptionSalt } from "../config/encryption-salt.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { readIfThere } from "../os/atomic-file.ts";
import { readUserText } from "../os/user-file.ts";
import type { CloudKind } from "../state/stack-folder.ts";

/** Passphrase of the committed example; public, so that the local cloud needs no set-up. */
const publicPassphrase = "local";

/**
 * The passphrase of the stack's secrets, in this order: from the environment, from the file that it names, from the file that `init` wrote, and on
 * the local cloud only the public one.
 * @param encryptionSalt of the stack; decides whether white space at the ends of a file is part of the passphrase
 * @throws LorError `passphrase-missing`, `passphrase-unreadable`, `passphrase-public`
 */
export function readPassphrase(
  home: string,
  cloud: CloudKind,
  env: Readonly<Record<string, string | undefined>>,
  encryptionSalt?: string,
): string {
  const passphrase = chosenPassphrase(home, env, encryptionSalt) ?? (cloud === "local" ? publicPassphrase : undefined);
  if (passphrase === undefined) {
    throw refused(
      "passphrase-missing",
      "the secrets of the stack cannot be read without their passphrase",
      "bring it back from your copy; only for a new project: lor-infra init my-shop",
    );
  }
  if (cloud !== "local" && passphrase === publicPassphrase) {
    throw refused(
      "passphrase-public",
      "the example's passphrase is public and must not be used on a real cloud",
      "lor-infra init my-shop, which makes a project with a passphrase of its own",
    );
  }
  return passphrase;
}

/**
 * Variables by which plain `pulumi` uses the same passphrase as our commands on the local cloud; a file stays a file.
 * @throws LorError `passphrase-unreadable`
 */
export function passphraseVariables(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  // A shell that has the passphrase already needs no second copy, which would be visible on the screen.
  if (passphraseOfEnvironment(env) !== undefined) return {};
  const own = ownFile(home);
  return existsSync(own) ? { PULUMI_CONFIG_PASSPHRASE_FILE: own } : { PULUMI_CONFIG_PASSPHRASE: publicPassphrase };
}

/** File that `init` writes. */
function ownFile(home: string): string {
  return join(home, "passphrase");
}

function chosenPassphrase(
  home: string,
  env: Readonly<Record<string, string | undefined>>,
  encryptionSalt: string | undefined,
): string | undefined {
  const said = passphraseOfEnvironment(env, encryptionSalt);
  if (said !== undefined) {
    return said.value;
  }
  const own = readIfThere(ownFile(home));
  return own === undefined ? undefined : passphraseIn(own, encryptionSalt);
}

/** Passphrase of the environment, with the name of its variable. @throws LorError `passphrase-unreadable` */
export function passphraseOfEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  encryptionSalt?: string,
): { readonly value: string; readonly variable: string } | undefined {
  const direct = env.PULUMI_CONFIG_PASSPHRASE;
  if (direct !== undefined && direct !== "") {
    return { value: direct, variable: "PULUMI_CONFIG_PASSPHRASE" };
  }
  const named = env.PULUMI_CONFIG_PASSPHRASE_FILE;
  if (named !== undefined && named !== "") {
    const read = readUserText(named);
    if (read.ok)
      return { value: passphraseIn(read.content, encryptionSalt), variable: "PULUMI_CONFIG_PASSPHRASE_FILE" };
    throw new LorError({
      code: "passphrase-unreadable",
      message: `the passphrase file ${read.fault.reason}`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "PULUMI_CONFIG_PASSPHRASE_FILE",
      seen: named,
      accepted: "a readable file that holds the passphrase",
    });
  }
  return undefined;
}

/** White space as Go defines it: without U+FEFF, which JavaScript includes, and with U+0085. Source: unicode.IsSpace. */
const space = "[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const spaceAtEnds = new RegExp(`^${space}+|${space}+$`, "g");

/**
 * The passphrase in a file. White space at its ends is ignored, as Pulumi does (pkg/secrets/passphrase/manager.go, `readPassphrase`), so that both
 * decrypt the same state. Earlier versions removed one line end only; secrets encrypted with such a passphrase can still be decrypted.
 */
function passphraseIn(text: string, encryptionSalt: string | undefined): string {
  const trimmed = text.replaceAll(spaceAtEnds, "");
  const earlier = text.replace(/\r?\n$/, "");
  // One try takes half a second.
  if (trimmed === earlier || encryptionSalt === undefined || opensEncryptionSalt(trimmed, encryptionSalt))
    return trimmed;
  return opensEncryptionSalt(earlier, encryptionSalt) ? earlier : trimmed;
}

function refused(code: ErrorCode, message: string, next: string): LorError {
  return new LorError({
    code,
    message,
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE or .lor-infra/passphrase",
    next,
  });
}

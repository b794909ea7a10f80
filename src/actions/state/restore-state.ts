import type { Project } from "../../config/project.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource-key.ts";
import { parseStateExport } from "../../engine/state-export.ts";
import { readUserText } from "../../os/user-file.ts";
import { enterState, lookAtState } from "../../stack/guarded-engine.ts";
import { requireApproval } from "../../stack/proposal.ts";
import { endDeadEngines } from "../../stack/recover-stack.ts";
import { requireLock, type StackContext } from "../../stack/stack-context.ts";
import { backUpStateFile, readBackup } from "../../state/backup.ts";
import { exportOf, type StateForm } from "../../state/state-file.ts";

/** What a restore changes in the state; in the cloud it changes nothing. */
export interface RestoreProposal {
  /** What is brought back, in words. */
  readonly source: string;
  /** Resources that the state would know again, and those that it would forget: `type name`. */
  readonly again: readonly string[];
  readonly forgotten: readonly string[];
  readonly resources: number;
}

export interface RestoreInput {
  /** Number of an entry, a file, or the name of a copy as `state list` tells it. */
  readonly from: string;
  readonly confirm: (proposal: RestoreProposal) => Promise<boolean>;
}

export interface RestoreResult extends RestoreProposal {
  /** Copy of the state that was there before; undefined when there was none. */
  readonly backup: string | undefined;
}

/**
 * Brings an earlier state back. The cloud stays as it is, so what the state says is to be compared with it next.
 * @throws LorError `state-copy-missing`, `state-file-unreadable`, `state-of-another-stack`, `stack-of-another-cloud`,
 *   `state-of-another-passphrase`, `not-approved`, `engine-locked`
 */
export async function restoreState(context: StackContext, { from, confirm }: RestoreInput): Promise<RestoreResult> {
  const { clock, engine, lock, state } = context;
  const { form, source } = await find(context, from);
  requireOwn(context, form, from);
  await endDeadEngines(context);
  const present = namesOf((await lookAtState(state))?.text);
  const restored = namesOf(JSON.stringify(form));
  const proposal: RestoreProposal = {
    source,
    again: [...restored].filter((name) => !present.has(name)),
    forgotten: [...present].filter((name) => !restored.has(name)),
    resources: restored.size,
  };
  await requireApproval(confirm, proposal);
  await requireLock(context);
  const now = clock.now();
  const backup = await backUpStateFile(state, "before-restore", now);
  // Whatever happens from here on, the next command compares the state with the cloud.
  await state.journal.append({
    at: now.toISOString(),
    run: lock?.holder.id ?? "",
    operation: "recover",
    event: "begun",
    what: `state restore ${from}`,
  });
  await engine.importState(form);
  const seen = await lookAtState(state);
  if (seen !== undefined && lock !== undefined) {
    await enterState({ state, lock, clock }, seen, "restored");
  }
  return { ...proposal, backup };
}

/** A state of a thousand resources has about 5 MiB. */
const largestState = 256 * 1024 * 1024;

/** Undefined: no such file. @throws LorError `state-file-unreadable` */
function readStateCopy(path: string): string | undefined {
  const read = readUserText(path, largestState);
  if (read.ok) return read.content;
  if (read.fault.code === "file-missing") return undefined;
  throw unreadable(path, `the file ${read.fault.reason}`);
}

function unreadable(from: string, message: string): LorError {
  return new LorError({
    code: "state-file-unreadable",
    message,
    exit: ExitCode.usage,
    culprit: "user",
    seen: from,
    accepted: "a file that `lor-infra state backup` or `pulumi stack export` has written",
    next: "lor-infra state list",
  });
}

async function find(
  { state }: StackContext,
  from: string,
): Promise<{ readonly form: StateForm; readonly source: string }> {
  const number = /^\d+$/.test(from) ? Number(from) : undefined;
  const text =
    number === undefined ? (readStateCopy(from) ?? (await readBackup(state, from))) : await state.chain.stateAt(number);
  if (text === undefined) {
    const kept = [...(await state.chain.kept())].toSorted((a, b) => a - b);
    throw new LorError({
      code: "state-copy-missing",
      message:
        number === undefined ? "there is no such copy of the state" : `no copy of the state of entry ${from} is kept`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: from,
      accepted: kept.length === 0 ? "a file" : `a file, or a number: ${kept.join(", ")}`,
      next: "lor-infra state list",
    });
  }
  const form = exportOf(text);
  if (form === undefined) {
    throw unreadable(from, "this is no state of Pulumi in a form that can be restored");
  }
  return { form, source: number === undefined ? from : `entry ${from}` };
}

/** Another project's or cloud's state would make the next run delete and create everything. */
function requireOwn({ cloud, project }: StackContext, form: StateForm, from: string): void {
  const { resources } = parseStateExport(form);
  const foreign = resources.find((one) => !one.urn.startsWith(`urn:pulumi:${project.stack}::${project.name}::`));
  if (foreign !== undefined) {
    const [, , stack, name] = foreign.urn.split(/::?/);
    throw new LorError({
      code: "state-of-another-stack",
      message: "the state is of another stack or project; nothing was changed",
      exit: ExitCode.refused,
      culprit: "user",
      seen: `${from}: project ${name}, stack ${stack}`,
      accepted: `project ${project.name}, stack ${project.stack}`,
      next: "lor-infra state list",
    });
  }
  const made = resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs.cloud;
  if (typeof made === "string" && made !== cloud) {
    throw new LorError({
      code: "stack-of-another-cloud",
      message: `the state in ${from} was made on another cloud`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: `--cloud ${cloud}`,
      accepted: `--cloud ${made}`,
      next: `run the same command with --cloud ${made}`,
    });
  }
  requireSalt(project, form, from);
}

function requireSalt({ encryptionSalt, profileFiles }: Project, { deployment }: StateForm, from: string): void {
  const { secrets_providers: provider } = deployment as {
    readonly secrets_providers?: { readonly state?: { readonly salt?: unknown } };
  };
  const salt = provider?.state?.salt;
  if (typeof salt === "string" && salt !== encryptionSalt) {
    throw new LorError({
      code: "state-of-another-passphrase",
      message: "the secrets of the state were encrypted under another salt, and could not be read",
      exit: ExitCode.refused,
      culprit: "user",
      seen: from,
      accepted: `a state with the encryptionsalt of ${profileFiles.normal}`,
      next: "take the profile files of that time from git, then the same command again",
    });
  }
}

function namesOf(text: string | undefined): ReadonlySet<string> {
  const form = text === undefined ? undefined : exportOf(text);
  return new Set(form === undefined ? [] : parseStateExport(form).resources.map(resourceKey));
}

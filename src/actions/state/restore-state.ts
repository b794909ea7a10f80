import { ExitCode, LorError } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource-key.ts";
import { resourcesOf } from "../../domain/state-chain.ts";
import { nameOfUrn } from "../../engine/resource-changes.ts";
import { parseStateExport } from "../../engine/state-export.ts";
import { readUserFile } from "../../os/user-file.ts";
import { enterState, lookAtState } from "../../stack/guarded-engine.ts";
import { requireApproval } from "../../stack/proposal.ts";
import { endDeadEngines } from "../../stack/recover-stack.ts";
import { requireLock, type StackContext } from "../../stack/stack-context.ts";
import { backUpStateFile } from "../../state/backup.ts";
import { readCopy } from "../../state/state-copies.ts";
import {
  type Checkpoint,
  checkpointPath,
  checkpointText,
  compressions,
  emptyState,
  parseState,
  readCheckpoint,
  type StateForm,
  stateText,
} from "../../state/state-file.ts";
import type { Project } from "../../systems/load-project.ts";

/** Changes of a restore in the state; nothing changes in the cloud. */
export interface RestoreProposal {
  /** Description of the restored state. */
  readonly source: string;
  /** Resources that the state would contain again, and those that it would lose: `type name`. */
  readonly again: readonly string[];
  readonly forgotten: readonly string[];
  readonly resources: number;
  /** Why the current state cannot be read; its contents are then taken from the history. */
  readonly unreadable?: string;
}

export interface RestoreInput {
  /** Number of an entry, name of a copy, a file, or `empty`: a state without resources. */
  readonly from: string;
  readonly confirm: (proposal: RestoreProposal) => Promise<boolean>;
}

export interface RestoreResult extends RestoreProposal {
  /** Copy of the previous state; undefined when there was none. */
  readonly backup: string | undefined;
}

/**
 * Restores an earlier state, also over one that cannot be read. The cloud stays as it is: the next run refreshes the state and looks up resources
 * that the restored state lacks.
 * @throws LorError `state-copy-missing`, `state-file-unreadable`, `state-of-another-stack`, `stack-of-another-cloud`,
 * `state-of-another-passphrase`, `not-approved`, `engine-locked`
 */
export async function restoreState(context: StackContext, { from, confirm }: RestoreInput): Promise<RestoreResult> {
  const { clock, engine, lock, state } = context;
  const { form, source } = await find(context, from);
  requireOwn(context, form, from);
  await endDeadEngines(context);
  const checkpoint = await readCheckpoint(state);
  const present = await knownNow(context, checkpoint);
  const restored = new Map(parseStateExport(form).resources.map((one) => [resourceKey(one), one]));
  const forgotten = [...present.values()].filter((one) => !restored.has(resourceKey(one)));
  const proposal: RestoreProposal = {
    source,
    again: [...restored.keys()].filter((name) => !present.has(name)),
    forgotten: forgotten.map(resourceKey),
    resources: restored.size,
    ...(checkpoint.kind === "unreadable" ? { unreadable: checkpoint.problem } : {}),
  };
  await requireApproval(confirm, proposal);
  await requireLock(context);
  const now = clock.now();
  const backup = await backUpStateFile(state, "before-restore", now);
  // From here on the next command refreshes the state, even if this one is killed.
  await state.journal.append({
    at: now.toISOString(),
    run: lock?.holder.id ?? "",
    operation: "recover",
    event: "begun",
    what: `state restore ${from}`,
  });
  await state.intents.record(forgotten, now);
  if (checkpoint.kind !== "readable") await placeCheckpoint(context, form);
  await engine.importState(form);
  const seen = await lookAtState(state);
  if (seen !== undefined && lock !== undefined) {
    await enterState({ state, lock, clock }, seen, "restored");
  }
  return { ...proposal, backup };
}

/** Resources of the current state; if it cannot be read, those of its history. */
async function knownNow(
  { state }: StackContext,
  checkpoint: Checkpoint,
): Promise<ReadonlyMap<string, { readonly type: string; readonly name: string }>> {
  const resources =
    checkpoint.kind === "readable"
      ? parseStateExport(checkpoint.form).resources
      : Object.keys(resourcesOf(await state.chain.entries())).map((urn) => ({
          type: urn.split("::")[2]?.split("$").at(-1) ?? "",
          name: nameOfUrn(urn),
        }));
  return new Map(resources.map(({ type, name }) => [resourceKey({ type, name }), { type, name }]));
}

/**
 * Writes a state directly where the engine's file is missing or cannot be read, in one step: the engine would create a missing stack as a new one,
 * and a run killed after that would leave it so.
 */
async function placeCheckpoint({ state }: StackContext, form: StateForm): Promise<void> {
  const { backend, project, stack } = state;
  const path = checkpointPath(state);
  await backend.write(path, checkpointText(form, project, stack));
  for (const extension of compressions) await backend.remove(`${path}${extension}`);
}

async function find(
  { state }: StackContext,
  from: string,
): Promise<{ readonly form: StateForm; readonly source: string }> {
  if (from === "empty") return { form: emptyState, source: "a stack without resources" };
  const number = /^\d+$/.test(from) ? Number(from) : undefined;
  const text = (await readCopy(state, from)) ?? (number === undefined ? readFile(from) : undefined);
  if (text === undefined) {
    const kept = [...(await state.chain.kept())].toSorted((a, b) => a - b);
    throw new LorError({
      code: "state-copy-missing",
      message:
        number === undefined ? "there is no such copy of the state" : `no copy of the state of entry ${from} is kept`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: from,
      accepted: `${kept.length === 0 ? "" : `a number: ${kept.join(", ")}; `}the name of a copy, a file, or empty`,
      next: "lor-infra state list",
    });
  }
  const parsed = parseState(text);
  if (!parsed.ok) {
    throw unreadable(from, `this copy of the state ${parsed.problem}`);
  }
  const { form } = parsed;
  return { form, source: number === undefined ? from : `entry ${from}` };
}

/** Size limit of a file, in bytes: a state of a thousand resources has about 5 MiB. */
const largestState = 256 * 1024 * 1024;

/** Text of a local file; undefined when it does not exist. @throws LorError `state-file-unreadable` */
function readFile(path: string): string | undefined {
  const read = readUserFile(path, largestState);
  if (!read.ok) {
    if (read.fault.code === "file-missing") return undefined;
    throw unreadable(path, `the file ${read.fault.reason}`);
  }
  try {
    return stateText(read.content);
  } catch {
    throw unreadable(path, "the file is compressed and cut off");
  }
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

/** Refuses the state of another project or cloud, with which the next run would delete and create everything. */
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

import { ExitCode, LorError } from "../core/errors.ts";
import { backupNames, readBackup } from "./backup.ts";
import type { StackState } from "./stack-state.ts";
import { type Checkpoint, compressions, exportOf, readCheckpoint, type StateForm, stateText } from "./state-file.ts";

/** Number of the engine's own history files that are read: it keeps one per run. */
const engineCopiesRead = 10;

/** A copy of the state for `lor-infra state restore NAME`. */
export interface StateCopy {
  /** Number in the chain, name of a backup, or path below the engine's `.pulumi`. */
  readonly name: string;
  /** Time of writing, ISO 8601; empty when unknown. */
  readonly at: string;
  readonly form: StateForm;
}

/** All readable copies, newest first. */
export async function readableCopies(state: StackState): Promise<readonly StateCopy[]> {
  const names = [
    ...[...(await state.chain.kept())].map(String),
    ...(await backupNames(state)),
    ...(await engineCopyNames(state)),
  ];
  const copies = await Promise.all(names.map((name) => openCopy(state, name)));
  return copies.filter((copy) => copy !== undefined).toSorted((a, b) => b.at.localeCompare(a.at));
}

/** Text of a copy; undefined when there is no copy of that name. Empty for a compressed file that is cut off. */
export async function readCopy(state: StackState, name: string): Promise<string | undefined> {
  if (/^\d+$/.test(name)) return await state.chain.stateAt(Number(name));
  if (!(await engineCopyNames(state, Number.POSITIVE_INFINITY)).includes(name)) return await readBackup(state, name);
  const bytes = await state.backend.readBytes(`.pulumi/${name}`);
  try {
    return bytes === undefined ? undefined : stateText(bytes);
  } catch {
    return "";
  }
}

/**
 * Checkpoint of a stack that is readable, or does not exist yet.
 * @throws LorError `state-unreadable`
 */
export async function requireReadable(
  state: StackState,
): Promise<Exclude<Checkpoint, { readonly kind: "unreadable" }>> {
  const checkpoint = await readCheckpoint(state);
  if (checkpoint.kind === "unreadable") throw await stateUnreadable(state, checkpoint);
  return checkpoint;
}

/** Error that names the file, its defect, the copies that can be restored and the command to do so. */
export async function stateUnreadable(
  state: StackState,
  { where, problem, remedy }: Extract<Checkpoint, { readonly kind: "unreadable" }>,
): Promise<LorError> {
  const copies = await readableCopies(state);
  const [newest] = copies;
  return new LorError({
    code: "state-unreadable",
    message: `the state file of the stack ${state.stack} ${problem}`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: where,
    accepted: copies.length === 0 ? "a state; no copy of it can be read" : `a copy: ${describeCopies(copies)}`,
    next: remedy ?? `lor-infra state restore ${newest?.name ?? "empty"}, then lor-infra recover`,
  });
}

function describeCopies(copies: readonly StateCopy[]): string {
  const shown = copies.slice(0, 3).map(({ name, at, form }) => {
    const resources = `${form.deployment.resources?.length ?? 0} resources`;
    return `${name} (${at === "" ? resources : `${at}, ${resources}`})`;
  });
  const more = copies.length - shown.length;
  return `${shown.join(", ")}${more > 0 ? `, and ${more} more` : ""}`;
}

async function openCopy(state: StackState, name: string): Promise<StateCopy | undefined> {
  const form = exportOf((await readCopy(state, name)) ?? "");
  if (form === undefined) return undefined;
  const { time } = (form.deployment.manifest ?? {}) as { readonly time?: unknown };
  return { name, at: typeof time === "string" ? time : "", form };
}

/** Copies that the engine keeps beside its file of the stack, as paths below `.pulumi`. */
async function engineCopyNames(
  { backend, project, stack }: StackState,
  most = engineCopiesRead,
): Promise<readonly string[]> {
  const file = `${stack}.json`;
  const isCompressed = (name: string) => compressions.some((extension) => name === `${file}${extension}`);
  const isCopy = (name: string) => isCompressed(name.replace(/\.bak$/, "")) || name === `${file}.bak`;
  const places = [
    { folder: "stacks", wanted: (name: string) => name === file },
    { folder: `stacks/${project}`, wanted: isCopy },
    { folder: `backups/${project}/${stack}`, wanted: (name: string) => /\.json(\.gz|\.zst)?$/.test(name) },
    { folder: `history/${project}/${stack}`, wanted: (name: string) => /\.checkpoint\.json(\.gz|\.zst)?$/.test(name) },
  ];
  const found = await Promise.all(
    places.map(async ({ folder, wanted }) => {
      const names = (await backend.list(`.pulumi/${folder}`)).filter(wanted).toSorted();
      // Their names end with the time in nanoseconds.
      return names.slice(-Math.min(most, names.length)).map((name) => `${folder}/${name}`);
    }),
  );
  return found.flat();
}

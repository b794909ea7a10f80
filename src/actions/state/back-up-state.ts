import { ExitCode, LorError } from "../../core/errors.ts";
import { createExclusively } from "../../os/atomic-file.ts";
import { backUpState as keepBackup } from "../../state/backup.ts";
import type { StackState } from "../../state/stack-state.ts";
import { requireReadable } from "../../state/state-copies.ts";

/**
 * Copies the state unchanged, its secrets encrypted, in the form of `pulumi stack export`.
 * @param out a file that does not exist yet. Default: the folder of copies beside the state
 * @returns location of the copy
 * @throws LorError `state-missing`, `state-unreadable`, `state-file-exists`
 */
export async function backUpState(state: StackState, out: string | undefined, now: Date): Promise<string> {
  const present = await requireReadable(state);
  if (present.kind === "none") {
    throw new LorError({
      code: "state-missing",
      message: `the stack ${state.stack} has no state that could be copied`,
      exit: ExitCode.failed,
      culprit: "user",
      seen: state.backend.where(""),
      next: "lor-infra up",
    });
  }
  if (out === undefined) {
    return await keepBackup(state, present.form, "by-hand", now);
  }
  if (!createExclusively(out, `${JSON.stringify(present.form, null, 1)}\n`)) {
    throw new LorError({
      code: "state-file-exists",
      message: "the file exists already and was not replaced",
      exit: ExitCode.usage,
      culprit: "user",
      path: "--out",
      seen: out,
      accepted: "a file that does not exist yet",
      next: "lor-infra state backup --out FILE",
    });
  }
  return out;
}

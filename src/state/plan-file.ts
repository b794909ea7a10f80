import { ExitCode, LorError } from "../core/errors.ts";
import { fingerprint } from "../core/fingerprint.ts";
import type { ApprovedSwitch } from "../domain/switching/approval.ts";
import { createExclusively, readIfThere } from "./atomic-file.ts";

/** A saved plan: what is approved, and a seal that shows when the file was edited or cut. No secret is in it. */
interface PlanFile {
  readonly approved: ApprovedSwitch;
  /** Fingerprint of `approved`. */
  readonly seal: string;
}

/** Writes a plan to be reviewed and applied later. @throws LorError `plan-file-exists` */
export function writePlanFile(path: string, approved: ApprovedSwitch): void {
  const file: PlanFile = { approved, seal: fingerprint(approved) };
  if (!createExclusively(path, `${JSON.stringify(file, null, 2)}\n`)) {
    throw new LorError({
      code: "plan-file-exists",
      message: "another plan was written there meanwhile; it was left as it is",
      exit: ExitCode.usage,
      culprit: "user",
      path: "--plan",
      seen: path,
      accepted: "a file that does not exist yet",
    });
  }
}

/** The saved plan; undefined when there is no such file. @throws LorError `plan-file-unreadable` */
export function readPlanFile(path: string): ApprovedSwitch | undefined {
  const text = readIfThere(path);
  if (text === undefined) {
    return undefined;
  }
  const { approved, seal } = parse(text) ?? {};
  if (approved?.version !== 2 || seal !== fingerprint(approved)) {
    throw new LorError({
      code: "plan-file-unreadable",
      message: "this is no plan of lor-infra, or it was changed after it had been made",
      exit: ExitCode.usage,
      culprit: "user",
      path: "--plan",
      seen: path,
      accepted: "a file that `lor-infra rush --plan FILE` or `lor-infra normal --plan FILE` has written",
      next: `delete ${path}, then the same command again makes a new plan`,
    });
  }
  return approved;
}

function parse(text: string): Partial<PlanFile> | undefined {
  try {
    return JSON.parse(text) as Partial<PlanFile>;
  } catch {
    return undefined;
  }
}

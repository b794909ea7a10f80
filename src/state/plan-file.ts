import { ExitCode, LorError } from "../core/errors.ts";
import { fingerprint } from "../core/fingerprint.ts";
import { createExclusively } from "../os/atomic-file.ts";
import { readUserText } from "../os/user-file.ts";
import type { ApprovedSwitch } from "../rolling/approval.ts";

/** A saved plan: the approved steps, and a checksum that detects an edited or truncated file. It contains no secret. */
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
      message: "another plan was written to this file meanwhile; it was not replaced",
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
  const read = readUserText(path);
  if (!read.ok && read.fault.code === "file-missing") {
    return undefined;
  }
  const { approved, seal } = (read.ok ? parse(read.content) : undefined) ?? {};
  if (approved?.version !== 3 || seal !== fingerprint(approved)) {
    throw new LorError({
      code: "plan-file-unreadable",
      message: read.ok ? "the file is not a plan of lor-infra, or was edited" : `the plan's file ${read.fault.reason}`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "--plan",
      seen: path,
      accepted: "a file that `lor-infra rush --plan FILE` or `lor-infra normal --plan FILE` has written",
      next: read.ok
        ? `delete ${path}, then the same command again makes a new plan`
        : "name a file that does not exist yet, and the same command writes a plan into it",
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

import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";
import type { Waiver } from "../../../domain/policy/waiver.ts";

/** An unused waiver would hide the next violation. */
export function warnOfUnusedWaiver(path: string, { policy, of, owner, until }: Waiver, valid: boolean): Issue {
  const subject = of === undefined ? "" : ` of ${of}`;
  return problem(path, "waiver-unused", {
    what: `nothing violates ${policy}${subject}: the waiver by ${owner} ${valid ? "is" : "was"} not needed`,
    seen: `until ${until}`,
    accepted: "no waiver where none is needed: take it out",
  });
}

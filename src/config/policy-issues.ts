import type { Issue } from "../core/result.ts";
import type { Judged, PolicyJudgement } from "../domain/policy/judge.ts";
import type { Waiver } from "../domain/policy/waiver.ts";
import { problem } from "./problem.ts";

/** A violation as an issue; names the expired waiver, if there is one. */
export function refuse({ policy, finding, ended }: PolicyJudgement["refused"][number]): Issue {
  const issue = toIssue({ policy, finding });
  return ended === undefined ? issue : { ...issue, message: `${issue.message}; ${tellEnd(ended)}` };
}

/** A violation accepted by a waiver, with its owner. */
export function tellWaived({ policy, finding, waiver }: PolicyJudgement["waived"][number]): Issue {
  const issue = toIssue({ policy, finding });
  const { owner, reason, until } = waiver;
  return { ...issue, message: `${issue.message}; waived by ${owner} until ${until}: ${reason}` };
}

export function toIssue({ policy, finding }: Judged): Issue {
  return problem(finding.path, policy.code, finding, policy.exit);
}

function tellEnd({ owner, reason, until }: Waiver): string {
  return `its waiver by ${owner} ended on ${until} (${reason})`;
}

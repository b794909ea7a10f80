import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";

const publicAccess = /^(mysql|postgresql)\.[^.]*(public|address|floating|internet|expose)/i;

/** Refuses unknown keys that would expose a database as such, not as mere typing errors. */
export function explainUnknownKey(issue: Issue): Issue {
  if (!publicAccess.test(issue.path)) return issue;
  return problem(
    issue.path,
    "database-public",
    {
      what: "a database has no public address, and its private one cannot be chosen",
      accepted: "access: private; the program decides who may connect",
    },
    3,
  );
}

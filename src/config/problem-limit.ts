import type { Issue } from "../core/result.ts";

/** Maximum number of problems of one kind to show. */
const shownProblems = 20;

/** Keeps the first 20 problems of each code, in their order, and adds one with the count of the others. */
export function limitProblems(issues: readonly Issue[]): readonly Issue[] {
  const hidden = new Map<string, { readonly first: Issue; count: number }>();
  const counts = new Map<string, number>();
  const shown = issues.filter((issue) => {
    const count = (counts.get(issue.code) ?? 0) + 1;
    counts.set(issue.code, count);
    if (count <= shownProblems) return true;
    const more = hidden.get(issue.code);
    if (more === undefined) hidden.set(issue.code, { first: issue, count: 1 });
    else more.count++;
    return false;
  });
  const rest = [...hidden.values()].map(({ first, count }) =>
    count === 1 ? first : { ...first, message: `${first.message}; and ${count - 1} more problems of this kind` },
  );
  return [...shown, ...rest];
}

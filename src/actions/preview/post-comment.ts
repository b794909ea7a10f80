import { Caller, type CallOptions, CloudCallError } from "../../clouds/http/call.ts";
import type { ErrorCode } from "../../core/error-codes.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { SecretScrubber } from "../../engine/secret-scrubber.ts";
import type { CommentThread, PostedPlace, ThreadPlace } from "./forge/comment-thread.ts";
import { githubThread } from "./forge/github.ts";
import { gitlabThread } from "./forge/gitlab.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export type Forge = "github" | "gitlab";

export interface PostCommentArgs {
  readonly forge: Forge;
  /** The place of the CI job, from the forge's variables, and the token. */
  readonly env: Environment;
  /** First line of the body, which identifies the comment. */
  readonly marker: string;
  /** Begins with the marker. */
  readonly body: string;
  /** For tests: number and interval of retries. */
  readonly calls?: CallOptions;
}

export interface PostedComment extends PostedPlace {
  readonly done: "created" | "updated";
  readonly service: string;
}

/** Invisible in the rendered text. Each stack of each project has a comment of its own. */
export function commentMarker({ project, stack }: { readonly project: string; readonly stack: string }): string {
  return `<!-- lor-infra preview of ${encodeURIComponent(project)}/${encodeURIComponent(stack)} -->`;
}

/**
 * Creates or updates the one comment of a pull request. Repeating it, also after a lost response, still leaves one comment.
 * @throws LorError `comment-variables-missing`, `comment-without-pull-request` (exit 2); `comment-token-refused`, `comment-not-allowed`,
 * `comment-place-unknown`, `comment-refused`, `forge-limited`, `forge-failed`
 */
export async function postComment({ forge, env, marker, body, calls }: PostCommentArgs): Promise<PostedComment> {
  const place = placeOf(forge, env);
  const caller = new Caller(calls);
  const thread = (forge === "github" ? githubThread : gitlabThread)(caller, place);
  try {
    return await caller.repeat(() => createOrUpdate(thread, marker, body));
  } catch (error) {
    if (error instanceof CloudCallError) throw explain(error, forge, thread.service, place);
    throw error;
  }
}

async function createOrUpdate(thread: CommentThread, marker: string, body: string): Promise<PostedComment> {
  // Only as the first line: a quotation of the comment is another comment.
  const ours = (await thread.list()).find((comment) => comment.body.split(/\r?\n/, 1)[0] === marker);
  const posted = ours === undefined ? await thread.create(body) : await thread.update(ours.id, body);
  return { ...posted, done: ours === undefined ? "created" : "updated", service: thread.service };
}

function placeOf(forge: Forge, env: Environment): ThreadPlace {
  return forge === "github" ? githubPlace(env) : gitlabPlace(env);
}

function githubPlace(env: Environment): ThreadPlace {
  const needed = requireVariables(env, ["GITHUB_TOKEN", "GITHUB_REPOSITORY", "GITHUB_REF"], "github");
  const number = /^refs\/pull\/(\d+)\//.exec(needed.GITHUB_REF)?.[1];
  if (number === undefined) throw withoutPullRequest("GITHUB_REF", needed.GITHUB_REF, "refs/pull/<number>/merge");
  return {
    api: withoutSlash(env.GITHUB_API_URL ?? "https://api.github.com"),
    repository: needed.GITHUB_REPOSITORY,
    number,
    token: needed.GITHUB_TOKEN,
  };
}

function gitlabPlace(env: Environment): ThreadPlace {
  if ((env.CI_MERGE_REQUEST_IID ?? "") === "" && (env.CI_PIPELINE_SOURCE ?? "") !== "") {
    throw withoutPullRequest("CI_PIPELINE_SOURCE", env.CI_PIPELINE_SOURCE ?? "", "merge_request_event");
  }
  const names = ["GITLAB_TOKEN", "CI_API_V4_URL", "CI_MERGE_REQUEST_PROJECT_ID", "CI_MERGE_REQUEST_IID"] as const;
  const needed = requireVariables(env, names, "gitlab");
  return {
    api: withoutSlash(needed.CI_API_V4_URL),
    repository: needed.CI_MERGE_REQUEST_PROJECT_ID,
    number: needed.CI_MERGE_REQUEST_IID,
    token: needed.GITLAB_TOKEN,
  };
}

function requireVariables<Name extends string>(
  env: Environment,
  names: readonly Name[],
  forge: Forge,
): Readonly<Record<Name, string>> {
  const missing = names.filter((name) => (env[name] ?? "") === "");
  if (missing.length > 0) {
    throw new LorError({
      code: "comment-variables-missing",
      message: `a comment cannot be posted without ${missing.join(", ")}`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "--comment",
      seen: `${forge}, without ${missing.join(", ")}`,
      accepted: `a job of ${forge === "github" ? "GitHub Actions" : "GitLab CI"} for a pull request, with its token: docs/pull-requests.md`,
      next: "lor-infra preview --format markdown",
    });
  }
  return Object.fromEntries(names.map((name) => [name, env[name] ?? ""])) as Record<Name, string>;
}

function withoutPullRequest(variable: string, seen: string, accepted: string): LorError {
  return new LorError({
    code: "comment-without-pull-request",
    message: "this job does not run for a pull request, so the comment cannot be posted",
    exit: ExitCode.usage,
    culprit: "user",
    path: variable,
    seen,
    accepted,
    next: "lor-infra preview --format markdown",
  });
}

/** Setting or permission that causes a forge's status code, for each forge. */
const remedies = {
  github: {
    variable: "GITHUB_TOKEN",
    token: "github.token as the step's variable GITHUB_TOKEN",
    permission: "`permissions: pull-requests: write` of the job; the token of a fork's pull request never has it",
    place: "GITHUB_REPOSITORY and GITHUB_REF of the pull request, and a token of that repository",
  },
  gitlab: {
    variable: "GITLAB_TOKEN",
    token: "GITLAB_TOKEN: a project access token that has not expired",
    permission: "a project access token with the role Reporter and the scope api; the job token cannot post notes",
    place: "CI_MERGE_REQUEST_PROJECT_ID and CI_MERGE_REQUEST_IID of the merge request, and a token of that project",
  },
} as const satisfies Record<Forge, Readonly<Record<string, string>>>;

function explain(error: CloudCallError, forge: Forge, service: string, { token }: ThreadPlace): LorError {
  const { status, answer } = error;
  const said = new SecretScrubber([token]).scrub(answer);
  const { variable, token: accepted, permission, place } = remedies[forge];
  if (status === 429 || (status === 403 && /rate limit/i.test(answer))) {
    return failed("forge-limited", `${service} has reached its rate limit: ${said}`);
  }
  if (status === 401) {
    return refused("comment-token-refused", `${service} does not accept the token: ${said}`, variable, accepted);
  }
  if (status === 403) {
    return refused(
      "comment-not-allowed",
      `${service} does not allow this token to post the comment: ${said}`,
      variable,
      permission,
    );
  }
  if (status === 404) {
    return refused(
      "comment-place-unknown",
      `${service} has no such pull request, or does not show it to this token: ${said}`,
      "--comment",
      place,
    );
  }
  if (status >= 400 && status < 500) {
    return refused("comment-refused", `${service} refused the comment: ${said}`, "--comment", "what the forge says");
  }
  return failed(
    "forge-failed",
    `${service} did not post the comment (${status === 0 ? "no answer" : status}): ${said}`,
  );
}

function refused(code: ErrorCode, message: string, path: string, accepted: string): LorError {
  return new LorError({
    code,
    message,
    exit: ExitCode.failed,
    culprit: "user",
    path,
    accepted,
    next: "correct it and run the job again; for the text itself: lor-infra preview --format markdown",
  });
}

function failed(code: ErrorCode, message: string): LorError {
  return new LorError({
    code,
    message,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "run the job again later; the text itself: lor-infra preview --format markdown",
  });
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** The comments of one pull request (GitLab: notes of a merge request). */
export interface CommentThread {
  /** Name of the forge for messages: `GitHub`, `GitLab`. */
  readonly service: string;
  /** All comments, oldest first. */
  list(): Promise<readonly ThreadComment[]>;
  create(body: string): Promise<PostedPlace>;
  update(id: string, body: string): Promise<PostedPlace>;
}

interface ThreadComment {
  readonly id: string;
  readonly body: string;
}

/** URL of a comment. */
export interface PostedPlace {
  /** Undefined when the forge returns none. */
  readonly url: string | undefined;
}

/** One pull request, and the credentials for its forge. */
export interface ThreadPlace {
  /** Root URL of the API, without a trailing slash. */
  readonly api: string;
  /** GitHub: `owner/name`; GitLab: the project's number or path. */
  readonly repository: string;
  readonly number: string;
  readonly token: string;
}

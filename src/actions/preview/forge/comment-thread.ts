/** The comments of one pull request (GitLab: notes of a merge request). */
export interface CommentThread {
  /** Who is called, for messages: `GitHub`, `GitLab`. */
  readonly service: string;
  /** All of them, the oldest first. */
  list(): Promise<readonly ThreadComment[]>;
  create(body: string): Promise<PostedPlace>;
  update(id: string, body: string): Promise<PostedPlace>;
}

interface ThreadComment {
  readonly id: string;
  readonly body: string;
}

/** Where a comment can be read. */
export interface PostedPlace {
  /** Undefined where the forge does not say. */
  readonly url: string | undefined;
}

/** One pull request, and how to enter the forge that has it. */
export interface ThreadPlace {
  /** Root of the API, without a slash at its end. */
  readonly api: string;
  /** GitHub: `owner/name`; GitLab: the project's number or path. */
  readonly repository: string;
  readonly number: string;
  readonly token: string;
}

import type { Caller, CloudCall } from "../../../clouds/http/call.ts";
import { objects, text } from "../../../clouds/http/json-answer.ts";
import type { CommentThread, PostedPlace, ThreadPlace } from "./comment-thread.ts";
import { readPages } from "./pages.ts";

/** Notes of a merge request. API version 4. */
export function gitlabThread(caller: Caller, { api, repository, number, token }: ThreadPlace): CommentThread {
  const notes = `${api}/projects/${encodeURIComponent(repository)}/merge_requests/${number}/notes`;
  const call = (method: CloudCall["method"], url: string, body?: object): CloudCall => ({
    service: "GitLab",
    method,
    url,
    headers: { "private-token": token },
    ...(body === undefined ? {} : { body }),
    // Not retried here: the caller repeats the whole operation, which looks for the note first.
    idempotent: false,
  });
  // The response has no URL of the note.
  const posted = async (method: "POST" | "PUT", url: string, body: string): Promise<PostedPlace> => {
    await caller.send(call(method, url, { body }));
    return { url: undefined };
  };
  return {
    service: "GitLab",
    list: async () => {
      const first = call("GET", `${notes}?order_by=created_at&sort=asc&per_page=100`);
      return objects(await readPages(caller, first))
        .filter((one) => one.system !== true)
        .map((one) => ({ id: text(one.id), body: text(one.body) }));
    },
    create: (body) => posted("POST", notes, body),
    update: (id, body) => posted("PUT", `${notes}/${id}`, body),
  };
}

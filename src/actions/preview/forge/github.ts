import type { Caller, CloudCall } from "../../../clouds/http/call.ts";
import { object, objects, optionalText, text } from "../../../clouds/http/json-answer.ts";
import type { CommentThread, PostedPlace, ThreadPlace } from "./comment-thread.ts";
import { readPages } from "./pages.ts";

/** Comments of a pull request are those of the issue with its number. API version 2022-11-28. */
export function githubThread(caller: Caller, { api, repository, number, token }: ThreadPlace): CommentThread {
  const issues = `${api}/repos/${repository}/issues`;
  const call = (method: CloudCall["method"], url: string, body?: object): CloudCall => ({
    service: "GitHub",
    method,
    url,
    headers: {
      accept: "application/vnd.github+json",
      authorization: `Bearer ${token}`,
      "x-github-api-version": "2022-11-28",
    },
    ...(body === undefined ? {} : { body }),
    // Not retried here: the caller repeats the whole operation, which looks for the comment first.
    idempotent: false,
  });
  const placeOf = (answer: unknown): PostedPlace => ({ url: optionalText(object(answer).html_url) });
  return {
    service: "GitHub",
    list: async () => {
      const all = await readPages(caller, call("GET", `${issues}/${number}/comments?per_page=100`));
      return objects(all).map((one) => ({ id: text(one.id), body: text(one.body) }));
    },
    create: async (body) => placeOf((await caller.send(call("POST", `${issues}/${number}/comments`, { body }))).body),
    update: async (id, body) => placeOf((await caller.send(call("PATCH", `${issues}/comments/${id}`, { body }))).body),
  };
}

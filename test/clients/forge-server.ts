import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface ForgeCall {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** Answers instead of the forge's own, the first that fits a method is used up. */
export interface Trouble {
  readonly method: string;
  readonly status: number | "cut" | "done-then-cut";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Kept {
  id: number;
  body: string;
}

/**
 * The part of a forge that keeps the comments of pull request 12, on loopback, answering as the documents say: GitHub's REST API 2022-11-28 (issue
 * comments) and GitLab's REST API 4 (notes of merge requests): status codes, pages with a `Link` header, at most 100 a page, 20 or 30 by default.
 */
export class ForgeServer {
  readonly calls: ForgeCall[] = [];
  readonly comments: Kept[] = [];
  readonly troubles: Trouble[] = [];
  readonly token = "planted-forge-token-Zq7";
  readonly kind: "github" | "gitlab";
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #ids = 1000;

  constructor(kind: "github" | "gitlab") {
    this.kind = kind;
  }

  async start(): Promise<this> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.listen({ host: "127.0.0.1", port: 0 }, resolve);
    await promise;
    return this;
  }

  async close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Variables of a job that runs for pull request 12. */
  get env(): Record<string, string> {
    return this.kind === "github"
      ? {
          GITHUB_TOKEN: this.token,
          GITHUB_REPOSITORY: "lor/infrastructure",
          GITHUB_REF: "refs/pull/12/merge",
          GITHUB_API_URL: this.url,
        }
      : {
          GITLAB_TOKEN: this.token,
          CI_API_V4_URL: `${this.url}/api/v4`,
          CI_MERGE_REQUEST_PROJECT_ID: "77",
          CI_MERGE_REQUEST_IID: "12",
          CI_PIPELINE_SOURCE: "merge_request_event",
        };
  }

  /** As a person writes one. */
  add(body: string): number {
    this.#ids += 1;
    this.comments.push({ id: this.#ids, body });
    return this.#ids;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url: path = "" } = request;
    const body = await readJson(request);
    const { authorization, "private-token": privateToken } = request.headers;
    const shown = this.kind === "github" ? authorization : privateToken;
    this.calls.push({ method, path, authorization: typeof shown === "string" ? shown : undefined, body });
    const index = this.troubles.findIndex((one) => one.method === method);
    const trouble = index === -1 ? undefined : this.troubles.splice(index, 1)[0];
    if (trouble?.status === "cut") return void request.socket.destroy();
    if (trouble !== undefined && trouble.status !== "done-then-cut") {
      return answer(response, trouble.status, trouble.body ?? { message: "trouble" }, trouble.headers);
    }
    const done = this.#answer(method, path, body, typeof shown === "string" ? shown : "");
    if (trouble?.status === "done-then-cut") return void request.socket.destroy();
    answer(response, done.status, done.body, done.headers);
  }

  #answer(
    method: string,
    path: string,
    body: unknown,
    shown: string,
  ): { status: number; body: unknown; headers?: Readonly<Record<string, string>> } {
    if (shown !== (this.kind === "github" ? `Bearer ${this.token}` : this.token)) {
      return { status: 401, body: { message: this.kind === "github" ? "Bad credentials" : "401 Unauthorized" } };
    }
    const url = new URL(path, this.url);
    const [list, one] =
      this.kind === "github"
        ? ["/repos/lor/infrastructure/issues/12/comments", /^\/repos\/lor\/infrastructure\/issues\/comments\/(\d+)$/]
        : [
            "/api/v4/projects/77/merge_requests/12/notes",
            /^\/api\/v4\/projects\/77\/merge_requests\/12\/notes\/(\d+)$/,
          ];
    const text = (body as { readonly body?: unknown } | undefined)?.body;
    if (url.pathname === list && method === "GET") return this.#page(url);
    if (url.pathname === list && method === "POST" && typeof text === "string") {
      return { status: 201, body: this.#shown({ id: this.add(text), body: text }) };
    }
    const kept = this.comments.find(({ id }) => String(id) === one.exec(url.pathname)?.[1]);
    if (kept !== undefined && method === (this.kind === "github" ? "PATCH" : "PUT") && typeof text === "string") {
      kept.body = text;
      return { status: 200, body: this.#shown(kept) };
    }
    return { status: 404, body: { message: this.kind === "github" ? "Not Found" : "404 Not found" } };
  }

  /** GitLab gives the newest first unless it is asked otherwise. */
  #page(url: URL): { status: number; body: unknown; headers: Readonly<Record<string, string>> } {
    const perPage = Math.min(Number(url.searchParams.get("per_page") ?? (this.kind === "github" ? 30 : 20)), 100);
    const page = Number(url.searchParams.get("page") ?? 1);
    const newestFirst = this.kind === "gitlab" && url.searchParams.get("sort") !== "asc";
    const all = newestFirst ? this.comments.toReversed() : this.comments;
    const links: string[] = [];
    const link = (number: number, relation: string) => {
      const other = new URL(url);
      other.searchParams.set("page", String(number));
      links.push(`<${other}>; rel="${relation}"`);
    };
    if (page > 1) link(page - 1, "prev");
    if (all.length > page * perPage) link(page + 1, "next");
    link(1, "first");
    return {
      status: 200,
      body: all.slice((page - 1) * perPage, page * perPage).map((kept) => this.#shown(kept)),
      headers: { link: links.join(", ") },
    };
  }

  #shown({ id, body }: Kept): object {
    return this.kind === "github"
      ? {
          id,
          body,
          user: { login: "github-actions[bot]", type: "Bot" },
          html_url: `${this.url}/lor/infrastructure/pull/12#issuecomment-${id}`,
        }
      : { id, body, system: false, noteable_iid: 12, noteable_type: "MergeRequest" };
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  response.end(JSON.stringify(body));
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}

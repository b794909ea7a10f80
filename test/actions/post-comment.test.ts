import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { commentMarker, type Forge, postComment } from "../../src/actions/preview/post-comment.ts";
import { LorError } from "../../src/core/errors.ts";
import { systemClock } from "../../src/os/host.ts";
import { ForgeServer, type Trouble } from "../clients/forge-server.ts";

const marker = commentMarker({ project: "lor", stack: "prod" });
const text = (words: string) => `${marker}\n${words}\n`;
const forges: readonly Forge[] = ["github", "gitlab"];

describe.each(forges)("the comment on %s", (forge) => {
  let server: ForgeServer;
  const pauses: number[] = [];
  beforeEach(async () => {
    server = await new ForgeServer(forge).start();
    pauses.length = 0;
  });
  afterEach(() => server.close());

  function post(body: string, env: Readonly<Record<string, string | undefined>> = {}, ownMarker = marker) {
    return postComment({
      forge,
      env: { ...server.env, ...env },
      marker: ownMarker,
      body,
      calls: { clock: { ...systemClock, sleep: async (milliseconds) => void pauses.push(milliseconds) } },
    });
  }

  async function refusal(trouble: Trouble): Promise<LorError> {
    server.troubles.push(trouble);
    const error = await post(text("one")).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof LorError)) throw new Error(`not refused: ${String(error)}`);
    expect(JSON.stringify({ ...error, message: error.message })).not.toContain(server.token);
    return error;
  }

  it("is made once and overwritten afterwards", async () => {
    expect(await post(text("one"))).toMatchObject({ done: "created" });
    const second = await post(text("two"));
    expect(second).toMatchObject({ done: "updated" });
    if (forge === "github") expect(second.url).toMatch(/\/pull\/12#issuecomment-\d+$/);
    expect(server.comments.map(({ body }) => body)).toEqual([text("two")]);
  });

  it("is found behind the first page, and among what people write", async () => {
    for (let number = 1; number <= 150; number++) server.add(`comment ${number}`);
    server.add(`> ${marker}\nthis is what it said`);
    server.add(`Look: ${marker}`);
    const id = server.add(text("old"));
    for (let number = 1; number <= 90; number++) server.add(`later ${number}`);
    expect(await post(text("new"))).toMatchObject({ done: "updated" });
    expect(server.comments.filter(({ body }) => body.startsWith(marker))).toEqual([{ id, body: text("new") }]);
    expect(server.calls.filter(({ method }) => method === "GET")).toHaveLength(3);
  });

  it("is the oldest one, should there ever be two", async () => {
    const first = server.add(text("old"));
    const second = server.add(text("also"));
    await post(text("new"));
    expect(server.comments).toEqual([
      { id: first, body: text("new") },
      { id: second, body: text("also") },
    ]);
  });

  it("is found where the forge ends lines in its own way", async () => {
    server.add(text("old").replaceAll("\n", "\r\n"));
    expect(await post(text("new"))).toMatchObject({ done: "updated" });
  });

  it("is one for each stack of each project", async () => {
    const test = commentMarker({ project: "lor", stack: "test" });
    const other = commentMarker({ project: "lor-prod", stack: "x" });
    await post(text("prod"));
    await post(`${test}\ntest\n`, {}, test);
    await post(`${other}\nother\n`, {}, other);
    await post(text("prod again"));
    expect(server.comments.map(({ body }) => body)).toEqual([
      text("prod again"),
      `${test}\ntest\n`,
      `${other}\nother\n`,
    ]);
  });

  it("stays one when the answer to its creation is lost", async () => {
    server.troubles.push({ method: "POST", status: "done-then-cut" });
    expect(await post(text("one"))).toMatchObject({ done: "updated" });
    expect(server.comments).toHaveLength(1);
  });

  it.each([["cut"], [500], [502], [503]] as const)("is posted after an answer %s that passes", async (status) => {
    server.troubles.push({ method: "GET", status }, { method: "POST", status });
    await post(text("one"));
    expect(server.comments).toHaveLength(1);
    expect(pauses).toHaveLength(2);
  });

  it("a forge that stays down is named", async () => {
    server.troubles.push(...Array.from({ length: 5 }, () => ({ method: "GET", status: 503 })));
    expect(await refusal({ method: "GET", status: 503, body: { message: "down" } })).toMatchObject({
      code: "forge-failed",
      exit: 1,
      culprit: "cloud",
      message: expect.stringMatching(/503.*down/),
      next: expect.stringContaining("lor-infra preview --format markdown"),
    });
  });

  it("a token that is not accepted is named by its variable", async () => {
    const error = await refusal({
      method: "GET",
      status: 401,
      body: { message: `Bad credentials: ${"planted-forge-token-Zq7"}` },
    });
    expect(error).toMatchObject({
      code: "comment-token-refused",
      exit: 1,
      path: forge === "github" ? "GITHUB_TOKEN" : "GITLAB_TOKEN",
      next: expect.stringContaining("run the job again"),
    });
  });

  it("a token that may not comment is told the permission that it lacks", async () => {
    const error = await refusal({
      method: "POST",
      status: 403,
      body: { message: "Resource not accessible by integration" },
    });
    expect(error).toMatchObject({
      code: "comment-not-allowed",
      exit: 1,
      accepted: expect.stringContaining(forge === "github" ? "pull-requests: write" : "Reporter and the scope api"),
      message: expect.stringContaining("Resource not accessible"),
    });
    expect(server.calls.filter(({ method }) => method === "POST")).toHaveLength(1);
  });

  it("a place that is not there, or not shown, is named", async () => {
    const error = await refusal({ method: "GET", status: 404, body: { message: "Not Found" } });
    expect(error).toMatchObject({
      code: "comment-place-unknown",
      exit: 1,
      accepted: expect.stringContaining(forge === "github" ? "GITHUB_REPOSITORY" : "CI_MERGE_REQUEST_PROJECT_ID"),
    });
  });

  it.each([
    [422, "comment-refused", { message: "Validation Failed" }],
    [403, "forge-limited", { message: "API rate limit exceeded for installation" }],
  ])("an answer %i is %s", async (status, code, body) => {
    expect(await refusal({ method: "POST", status, body })).toMatchObject({ code, exit: 1 });
  });

  it("the next page is only asked of the forge itself", async () => {
    const error = await refusal({
      method: "GET",
      status: 200,
      body: [],
      headers: { link: '<http://192.0.2.9/comments?page=2>; rel="next"' },
    });
    expect(error.message).toContain("another host");
    expect(server.calls).toHaveLength(1);
  });

  it("every missing variable is named, and nothing is asked", async () => {
    const error = await post(text("one"), Object.fromEntries(Object.keys(server.env).map((name) => [name, ""]))).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "comment-variables-missing", exit: 2, path: "--comment" });
    const needed = Object.keys(server.env).filter((name) => !/API_URL|PIPELINE/.test(name));
    for (const name of needed) expect((error as LorError).message).toContain(name);
    expect(server.calls).toEqual([]);
  });

  it("a job for a push has nowhere to post", async () => {
    const push =
      forge === "github" ? { GITHUB_REF: "refs/heads/main" } : { CI_MERGE_REQUEST_IID: "", CI_PIPELINE_SOURCE: "push" };
    await expect(post(text("one"), push)).rejects.toMatchObject({
      code: "comment-without-pull-request",
      exit: 2,
      seen: forge === "github" ? "refs/heads/main" : "push",
    });
    expect(server.calls).toEqual([]);
  });
});

it("a marker ends where it ends, whatever a name holds", () => {
  expect(commentMarker({ project: "a--> <b>", stack: "x\ny" })).toBe(
    "<!-- lor-infra preview of a--%3E%20%3Cb%3E/x%0Ay -->",
  );
});

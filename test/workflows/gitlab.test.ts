import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { repository } from "../e2e/project.ts";
import { runScript, type ScriptRun } from "./run-script.ts";

interface Job {
  readonly image: string;
  readonly rules: readonly { readonly if: string }[];
  readonly resource_group: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly script: readonly string[];
  readonly artifacts: { readonly when: string; readonly paths: readonly string[]; readonly expose_as: string };
}

const template = parse(readFileSync(join(repository, "docs", "examples", "gitlab-preview.yml"), "utf8")) as Readonly<
  Record<string, Job>
>;
const job = template["lor-infra preview"];
if (job === undefined) throw new Error("the template has no job");

describe("the template for merge requests", () => {
  it("is one job, for merge requests, one at a time for each", () => {
    expect(Object.keys(template)).toEqual(["lor-infra preview"]);
    expect(job.rules).toEqual([{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }]);
    expect(job.resource_group).toContain("$CI_MERGE_REQUEST_IID");
    expect(job.image).toMatch(/^node:24/);
    expect(job.script.every((line) => typeof line === "string")).toBe(true);
  });

  it("keeps its text where a reader of the merge request finds it, also of a refusal", () => {
    expect(job.artifacts).toMatchObject({
      when: "always",
      expose_as: expect.any(String),
      paths: ["lor-infra-preview.md"],
    });
  });
});

describe("its script", () => {
  const run = (env: Record<string, string>, fails: Record<string, number> = {}): Promise<ScriptRun> =>
    runScript(job.script.join("\n"), {
      shell: ["sh", "-e", "-c"],
      env: { ...job.variables, CI_MERGE_REQUEST_DIFF_BASE_SHA: "abc123", ...env },
      fails,
      shows: ["LOR_INFRA_HOME"],
    });
  const previewOf = ({ called }: ScriptRun) => called.find((call) => call.startsWith("npx lor-infra preview"));

  it("posts with a token, on the local cloud", async () => {
    const done = await run({ GITLAB_TOKEN: "token" });
    expect(done.code).toBe(0);
    expect(done.called[0]).toMatch(/^npm ci/);
    expect(done.called[1]).toContain("git worktree add --detach /tmp/lor-infra-base abc123");
    expect(previewOf(done)).toMatch(
      /--format markdown --file lor-infra-preview\.md --comment gitlab LOR_INFRA_HOME=\/tmp\/lor-infra-state$/,
    );
  });

  it("posts nothing without one, as in a fork", async () => {
    expect(previewOf(await run({}))).not.toContain("--comment");
  });

  it("asks the real cloud with its state and its credentials", async () => {
    const done = await run({ OVH_CLOUD_PROJECT_SERVICE: "project", STATE_HOME: "/srv/state" });
    expect(previewOf(done)).toMatch(/--cloud ovh .*LOR_INFRA_HOME=\/srv\/state$/);
    expect(done.called.join()).not.toContain("lor-infra up");
    expect(previewOf(await run({ OVH_CLOUD_PROJECT_SERVICE: "project" }))).not.toContain("--cloud ovh");
  });

  it.each([
    ["the preview", { "npx lor-infra preview": 1 }, 1],
    ["the check", { "npx lor-infra preview": 3, "npx lor-infra check": 3 }, 3],
  ])("fails where %s does, and checks all the same", async (_, fails, code) => {
    const done = await run({}, fails);
    expect(done.code).toBe(code);
    expect(done.called.at(-1)).toMatch(/^npx lor-infra check/);
  });
});

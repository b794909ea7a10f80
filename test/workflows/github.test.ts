import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { repository } from "../e2e/project.ts";
import { lint } from "./actionlint.ts";
import { runScript, type ScriptRun } from "./run-script.ts";

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<
    Record<string, { readonly permissions?: Readonly<Record<string, string>>; readonly steps?: readonly Step[] }>
  >;
}

const workflows = readdirSync(join(repository, ".github", "workflows")).map((file) => `.github/workflows/${file}`);
const example = "docs/examples/github-preview.yml";
const read = (file: string) => readFileSync(join(repository, file), "utf8");
const preview = parse(read(".github/workflows/preview.yml")) as Workflow;
const steps = preview.jobs.preview?.steps ?? [];
const stepNamed = (name: string) => {
  const step = steps.find((one) => one.name === name);
  if (step?.run === undefined) throw new Error(`no step ${name}`);
  return { ...step, run: step.run };
};
/** How GitHub runs a step where nothing else is said. */
const shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"];

describe("actionlint", () => {
  it("finds nothing in the workflows and in the example that calls one", async () => {
    expect(workflows).toContain(".github/workflows/ci.yml");
    expect(await lint([...workflows, example], repository)).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it("would find a wrong input, a missing permission's name, and an unknown context", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lor-infra-lint-"));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    mkdirSync(join(folder, ".github", "workflows"), { recursive: true });
    mkdirSync(join(folder, ".git"));
    const place = (file: string, text: string) => writeFileSync(join(folder, ".github", "workflows", file), text);
    place("preview.yml", read(".github/workflows/preview.yml").replace("inputs.stack", "inputs.stak"));
    place("call.yml", read(example).replace("stack: prod", "stak: prod").replace("pull-requests", "pull-request"));
    const { code, stdout } = await lint([], folder);
    expect(code).toBe(1);
    expect(stdout).toMatch(/"stak" is not defined|property "stak" is not defined/);
    expect(stdout).toMatch(/unknown permission scope "pull-request"/);
  });
});

describe("the workflow for pull requests", () => {
  it("may read the code and write the comment, nothing else, and is never run with a fork's code and our secrets", () => {
    expect(preview.permissions).toEqual({});
    expect(preview.jobs.preview?.permissions).toEqual({ contents: "read", "pull-requests": "write" });
    for (const file of [...workflows, example]) expect(read(file)).not.toContain("pull_request_target");
    expect(Object.keys(preview.on)).toEqual(["workflow_call"]);
    const call = parse(read(example)) as Workflow;
    expect(Object.keys(call.on)).toEqual(["pull_request"]);
    expect(call.permissions).toEqual({});
    expect(call.jobs.preview?.permissions).toEqual(preview.jobs.preview?.permissions);
  });

  it("pins each action to a commit", () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(3);
    expect(used.filter((name) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(name))).toEqual([]);
  });

  it("shows secrets to the steps that need them, and no expression to a shell", () => {
    const secretive = steps.filter((step) => JSON.stringify(step.env ?? {}).includes("secrets."));
    expect(secretive.map(({ name }) => name)).toEqual(["Choose the cloud", "Preview"]);
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });
});

describe("its step Preview", () => {
  const run = (env: Record<string, string>): Promise<ScriptRun> =>
    runScript(stepNamed("Preview").run, {
      shell,
      env: {
        SETTINGS: ".",
        STACK: "prod",
        CLOUD: "local",
        BASE: "",
        COMMENT: "false",
        OS_USERNAME: "",
        OVH_ENDPOINT: "ovh-eu",
        ...env,
      },
      shows: ["OS_USERNAME", "OVH_ENDPOINT", "PULUMI_CONFIG_PASSPHRASE"],
      fails: env.REFUSED === undefined ? {} : { "npx lor-infra preview": 3 },
    });

  it("posts for a branch of this repository, compared with the settings from before", async () => {
    const { code, called, folder } = await run({ COMMENT: "true", BASE: "/base/." });
    expect(code).toBe(0);
    expect(called).toEqual([
      `npx lor-infra preview --settings . --stack prod --cloud local --format markdown --file ${folder}/preview.md --base /base/. --comment github OS_USERNAME=none OVH_ENDPOINT=ovh-eu PULUMI_CONFIG_PASSPHRASE=none`,
    ]);
  });

  it("posts nothing for a fork", async () => {
    const { called } = await run({});
    expect(called.join()).not.toMatch(/--comment|--base/);
  });

  it("fails where the settings are refused", async () => {
    expect((await run({ REFUSED: "1" })).code).toBe(3);
  });

  it("posts only where the pull request's branch is in this repository", () => {
    expect(stepNamed("Preview").env?.COMMENT).toContain(
      "github.event.pull_request.head.repo.full_name == github.repository",
    );
  });
});

describe("its other steps", () => {
  it("the real cloud is asked only with its state and its credentials", async () => {
    const choose = async (env: Record<string, string>) => {
      const { code, folder } = await runScript(stepNamed("Choose the cloud").run, {
        shell,
        env: {
          STATE_HOME: "",
          OVH_CLOUD_PROJECT_SERVICE: "",
          LOR_TLS_PKCS12_BASE64: "",
          GITHUB_OUTPUT: "output",
          ...env,
        },
      });
      expect(code).toBe(0);
      return readFileSync(join(folder, "output"), "utf8").replaceAll(folder, "<temp>");
    };
    expect(await choose({})).toBe("cloud=local\nhome=<temp>/lor-infra-state\n");
    expect(await choose({ OVH_CLOUD_PROJECT_SERVICE: "p" })).toMatch(/^cloud=local/);
    expect(await choose({ OVH_CLOUD_PROJECT_SERVICE: "p", STATE_HOME: "/srv/state" })).toBe(
      "cloud=ovh\nhome=/srv/state\n",
    );
  });

  it("the text is in the summary, also of a refusal, and nothing is when there is none", async () => {
    const summary = (files: Record<string, string>) =>
      runScript(stepNamed("Summary").run, { shell, env: { GITHUB_STEP_SUMMARY: "summary" }, files });
    const { code, folder } = await summary({ "preview.md": "the text\n" });
    expect(code).toBe(0);
    expect(readFileSync(join(folder, "summary"), "utf8")).toBe("the text\n");
    expect((await summary({})).code).toBe(0);
  });

  it("settings from before that cannot be built are a warning", async () => {
    const { code, stdout } = await runScript(stepNamed("Build them on the local cloud").run, {
      shell,
      env: { BASE: "/base", STACK: "prod" },
      fails: { "npx lor-infra up": 1 },
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^::warning::/);
  });
});

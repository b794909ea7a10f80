import { cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PreviewReport } from "../../src/actions/preview/preview-report.ts";
import { ForgeServer } from "../clients/forge-server.ts";
import { createdProject } from "./created-stack.ts";
import { InProcessProject } from "./in-process.ts";

/** What a job for a pull request runs, one push after another: the settings from before are built, the new ones are previewed and commented. */
const project = new InProcessProject();
let base: string;
let forge: ForgeServer;

beforeAll(async () => {
  forge = await new ForgeServer("github").start();
  await createdProject("normal", project);
  base = join(project.folder, "before");
  mkdirSync(base);
  for (const file of ["Pulumi.yaml", "Pulumi.normal.yaml", "Pulumi.rush.yaml"])
    cpSync(join(project.folder, file), join(base, file));
});
afterAll(async () => {
  await project.dispose();
  await forge.close();
});

async function preview(args: readonly string[], env: Record<string, string> = {}) {
  const run = await project.run(["preview", "--format", "markdown", "--base", base, ...args], { ...forge.env, ...env });
  expect(run.stdout + run.stderr).not.toContain(forge.token);
  return run;
}

describe("the settings of a pull request", () => {
  it("that change nothing are told so, in a first comment", async () => {
    const run = await preview(["--comment", "github"]);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringMatching(/^GitHub: comment created, http/) });
    expect(run.stdout).toContain("✅ **Nothing changes.**");
    expect(forge.comments.map(({ body }) => body)).toEqual([run.stdout]);
  });

  it("that restart a machine, cost less and lose less are told so, in the same comment", async () => {
    project.edit("Pulumi.yaml", (text) => text.replace("flavor: b2-15", "flavor: b2-7").replace("PT30M", "PT20M"));
    const run = await preview(["--comment", "github", "--file", "preview.md"]);
    expect(run).toMatchObject({ code: 0, stdout: "", stderr: expect.stringMatching(/^GitHub: comment updated, http/) });
    const text = readFileSync(join(project.folder, "preview.md"), "utf8");
    expect(forge.comments.map(({ body }) => body)).toEqual([text]);
    expect(text).toMatch(
      /\*\*Restarted: .*: 1\*\*\n\n- `odoo` \(compute Instance\): because of `flavorName`; serves requests\n/,
    );
    expect(text).toMatch(
      /\| 249\.003 EUR and 6 prices unknown \| [\d.]+ EUR and 6 prices unknown \| -[\d.]+ EUR in what is known \|/,
    );
    expect(text).toMatch(/\| `erp-filestore` \| the region is lost \| at most 40 min .* \| at most 30 min /);
    expect(text).toContain("✅ Accepted");
  });

  it("are the same run as the JSON document, in every number", async () => {
    const text = readFileSync(join(project.folder, "preview.md"), "utf8");
    const { version, changes, price, dataLoss, check } = await project.json<PreviewReport>([
      "preview",
      "--base",
      base,
      "--format",
      "json",
    ]);
    expect(version).toBe(1);
    for (const { name, because } of changes)
      for (const word of [name, ...because]) expect(text).toContain(`\`${word}\``);
    for (const amount of [price.now?.amount, price.after.amount]) expect(text).toContain(`| ${amount} EUR and `);
    expect(text).toContain(`| ${price.difference} EUR in what is known |`);
    expect(text.match(/^\| `[\w-]+` \| [\w ]+ \| (?:at most|no copy)/gm)).toHaveLength(
      dataLoss.entries.filter(({ differs }) => differs).length,
    );
    for (const { path } of check.warnings) expect(text).toContain(`- \`${path}\`: `);
  });

  it("that lose more than is accepted fail the job, and the comment says why", async () => {
    project.edit("Pulumi.yaml", (text) => text.replace("PT1H", "PT10M"));
    const run = await preview(["--comment", "github"]);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain("[settings-refused]");
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toMatch(/❌ \*\*The settings are refused[\s\S]*`rpo-not-held`/);
    expect((await project.run(["check"])).code).toBe(3);
    project.edit("Pulumi.yaml", (text) => text.replace("PT10M", "PT1H"));
  });

  it("that cannot be read at all still have the comment of their project", async () => {
    const before = readFileSync(join(project.folder, "Pulumi.yaml"), "utf8");
    project.edit("Pulumi.yaml", () => "name: [");
    const run = await preview(["--comment", "github"]);
    expect(run.code).toBe(2);
    expect(forge.comments).toHaveLength(1);
    expect(forge.comments[0]?.body).toContain("`yaml-syntax`");
    project.edit("Pulumi.yaml", () => before);
  });

  it("whose preview fails do not leave an older text standing", async () => {
    const passphrase = "planted-wrong-passphrase-Zq7";
    const run = await preview(["--comment", "github"], { PULUMI_CONFIG_PASSPHRASE: passphrase });
    expect(run.code).toBe(2);
    expect(forge.comments[0]?.body).toMatch(/❌ \*\*The preview failed\.\*\*[\s\S]*`passphrase-wrong`/);
    expect(forge.comments[0]?.body).not.toContain(passphrase);
  });
});

describe("a comment that cannot be posted", () => {
  it("fails the job with its own reason; the text is there all the same", async () => {
    forge.troubles.push({ method: "PATCH", status: 403, body: { message: "Resource not accessible by integration" } });
    const run = await preview(["--comment", "github"]);
    expect(run).toMatchObject({ code: 1, stdout: expect.stringContaining("**1 restarted") });
    expect(run.stderr).toMatch(/\[comment-not-allowed\][\s\S]*accepted .*pull-requests: write/);
  });

  it("without a token, as in a fork's pull request, is not asked for, and needs none", async () => {
    const run = await preview([], { GITHUB_TOKEN: "" });
    expect(run).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("**1 restarted") });
    expect(await preview(["--comment", "github"], { GITHUB_TOKEN: "" })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("[comment-variables-missing]"),
    });
  });
});

describe("options that do not go together", () => {
  it.each([
    [["--comment", "github"], "--comment"],
    [["--file", "preview.md", "--format", "json"], "--file"],
    [["--json", "--format", "markdown"], "--json"],
  ])("%j", async (args, path) => {
    const run = await project.run(["preview", ...args]);
    expect(run.code).toBe(2);
    expect(run.stdout + run.stderr).toContain("preview-format");
    expect(run.stdout + run.stderr).toContain(path);
  });

  it("an unknown format is told in JSON where JSON is asked for", async () => {
    const run = await project.run(["preview", "--format", "json", "--cloud", "moon"]);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ ok: false, error: { code: "usage" } });
  });
});

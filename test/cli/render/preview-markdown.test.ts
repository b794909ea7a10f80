import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { afterEach, describe, expect, it } from "vitest";
import { checkSettings } from "../../../src/actions/check/check-settings.ts";
import { commentMarker } from "../../../src/actions/preview/post-comment.ts";
import { type PreviewReport, reportPreview } from "../../../src/actions/preview/preview-report.ts";
import { up } from "../../../src/actions/up/up.ts";
import { code, prose } from "../../../src/cli/render/markdown.ts";
import { longestComment, renderPreviewMarkdown } from "../../../src/cli/render/preview-markdown/index.ts";
import type { PreviewStory } from "../../../src/cli/render/preview-markdown/sections.ts";
import type { ResourceChange } from "../../../src/engine/port.ts";
import { loadProject } from "../../../src/systems/load-project.ts";
import { FakeStack } from "../../actions/fake-stack.ts";
import { type Changes, settingsFolder } from "../../config/settings-folder.ts";
import type { LorProject } from "../../systems/lor/lor-project.ts";

const marker = commentMarker({ project: "lor", stack: "prod" });
const open: FakeStack[] = [];
afterEach(() => {
  for (const stack of open.splice(0)) stack.dispose();
});

async function reportOf(
  changes: Changes,
  { built = true, surprise }: { readonly built?: boolean; readonly surprise?: ResourceChange } = {},
): Promise<PreviewReport> {
  const stack = new FakeStack();
  open.push(stack);
  if (built) await up(stack.context(), { confirm: stack.confirm });
  const loaded = loadProject(settingsFolder(changes), "prod", { now: new Date("2026-06-01T00:00:00Z") });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  stack.project = loaded.value as LorProject;
  stack.engine.surprise = surprise;
  const { report } = await reportPreview(stack.context(), {
    now: Temporal.Instant.from("2027-01-05T12:00:00Z"),
    ...(built ? { base: settingsFolder(), profile: "rush" as const } : {}),
  });
  return report;
}

function storyOf(report: PreviewReport): PreviewStory {
  const { project, stack, cloud, check } = report;
  return { project, stack, cloud, check, report, failure: undefined };
}

const replaced: ResourceChange = {
  urn: "urn:pulumi:prod::lor::openstack:compute/instance:Instance::odoo",
  type: "openstack:compute/instance:Instance",
  name: "odoo",
  change: "replace",
  changedProperties: ["imageId", "userData"],
  replacingProperties: ["imageId"],
  values: [
    { path: "imageId", before: "debian-12", after: "debian-13" },
    { path: "userData", before: "(secret)", after: "(secret)" },
  ],
};

describe("the text", () => {
  it("of a new stack", async () => {
    const text = renderPreviewMarkdown(storyOf(await reportOf({}, { built: false })), marker);
    await expect(text).toMatchFileSnapshot("golden/preview-new.txt");
  });

  it("of a change that restarts, replaces, creates, costs, and loses less", async () => {
    const changes = { shared: { "odoo.filestore.copyEvery": "PT20M", "mysql.plan": "business" } };
    const text = renderPreviewMarkdown(storyOf(await reportOf(changes, { surprise: replaced })), marker);
    await expect(text).toMatchFileSnapshot("golden/preview-changes.txt");
  });

  it("of settings that are refused", async () => {
    const dir = settingsFolder({ shared: { "mysql.access": "public", "prestashop.rpo": "PT10M" } });
    const { report: check } = checkSettings({ dir, stack: "prod" });
    const story = { project: "lor", stack: "prod", cloud: "local", check, report: undefined } as const;
    const failure = { code: "settings-refused", message: "the settings have problems", next: "lor-infra check" };
    await expect(renderPreviewMarkdown({ ...story, failure }, marker)).toMatchFileSnapshot(
      "golden/preview-refused.txt",
    );
  });

  it("of a preview that failed", async () => {
    const check = { version: 1, ok: true, issues: [], warnings: [], waived: [], policies: [] } as const;
    const failure = {
      code: "cloud-unauthorized",
      message: "Nova answered 401 to GET /servers",
      next: "lor-infra doctor",
    };
    const story = { project: "lor", stack: "prod", cloud: "ovh", check, report: undefined, failure } as const;
    await expect(renderPreviewMarkdown(story, marker)).toMatchFileSnapshot("golden/preview-failed.txt");
  });

  it("does not depend on the order in which the engine tells its changes", async () => {
    const report = await reportOf({}, { surprise: replaced });
    const text = renderPreviewMarkdown(storyOf(report), marker);
    const turned = { ...report, changes: report.changes.toReversed() };
    expect(renderPreviewMarkdown(storyOf(turned), marker)).toBe(text);
  });

  it("begins with the marker, alone on its line", async () => {
    expect(renderPreviewMarkdown(storyOf(await reportOf({})), marker).split("\n", 1)).toEqual([marker]);
  });
});

describe("a text that is too long", () => {
  it("has shorter lists, says so, and is whole Markdown still", async () => {
    const report = await reportOf({});
    const long = "x".repeat(500);
    const many = Array.from({ length: 2000 }, (_, index) => ({
      name: `${long}-${index}`,
      type: replaced.type,
      kind: (["create", "update", "replace", "delete"] as const)[index % 4] ?? "create",
      restarts: index % 8 === 1,
      because: [long, long],
      values: [{ path: long, before: long, after: `${long}y` }],
      holdsData: true,
      serves: true,
    }));
    const issue = { path: long, code: "unknown-key" as const, message: `<b>${long}` };
    const check = { ...report.check, warnings: Array.from({ length: 500 }, () => issue) };
    const text = renderPreviewMarkdown(storyOf({ ...report, changes: many, check }), marker);
    expect(text.length).toBeLessThanOrEqual(longestComment);
    expect(text).toContain("This text was cut");
    expect(text).toContain("**500 deleted · 500 replaced · 250 restarted · 250 changed in place · 500 created**");
    const kept = /Each list ends after (\d+) lines/.exec(text)?.[1];
    expect(text).toContain(`_… and ${500 - Number(kept)} more_`);
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  it("is told nowhere when it is not cut", async () => {
    expect(renderPreviewMarkdown(storyOf(await reportOf({})), marker)).not.toContain("This text was cut");
  });
});

describe("a name or a message from elsewhere", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "binary" }),
    fc
      .array(
        fc.constantFrom(
          "`",
          "``",
          "|",
          "<b>",
          "-->",
          "\n",
          "/close",
          "@team",
          "#12",
          "[a](b)",
          "\\",
          "*",
          "x",
          " ",
          "https://",
        ),
      )
      .map((parts) => parts.join("")),
  );

  it("stays on its line and inside its code span", () => {
    fc.assert(
      fc.property(nasty, (name) => {
        const text = code(name);
        expect(text).not.toMatch(/[\r\n]/);
        const fence = /^`+/.exec(text)?.[0] ?? "";
        if (text === "–") return;
        const inside = text.slice(fence.length, -fence.length);
        expect([...inside.matchAll(/`+/g)].map(([run]) => run.length)).not.toContain(fence.length);
        expect(inside).toMatch(/^[^`]/);
        expect(inside).toMatch(/[^`]$/);
      }),
    );
  });

  it("is neither Markdown nor HTML, and names nobody", () => {
    fc.assert(
      fc.property(nasty, (message) => {
        const text = prose(message);
        expect(text).not.toMatch(/[\r\n<>]/);
        expect(text.replaceAll(/\\[\\`*_{}[\]|~$]/g, "")).not.toMatch(/[\\`*_{}[\]|~$]/);
        expect(text.replaceAll("&#8203;", "\u200b")).not.toMatch(/[@#!%]\w|:\/\//);
      }),
    );
  });

  it.each([
    ["`a`|b", "`` `a`|b ``"],
    ["a\n/close", "`a /close`"],
    ["", "–"],
  ])("%j is the code %j", (name, text) => expect(code(name)).toBe(text));

  it("in a report never begins a line, closes a block or ends a cell", async () => {
    const report = await reportOf({});
    const evil = "x\n/close\n-->\n</details>\n| @team `b` <img src=x>";
    const change = {
      name: evil,
      type: evil,
      because: [evil],
      values: [{ path: evil, before: evil, after: [evil] }],
      restarts: false,
      holdsData: false,
      serves: false,
    };
    const text = renderPreviewMarkdown(
      storyOf({
        ...report,
        changes: (["create", "update"] as const).map((kind) => ({ ...change, kind })),
        stop: { kind: "stopped", code: "front-busy", reason: evil, next: evil },
        check: {
          version: 1,
          ok: true,
          issues: [],
          warnings: [{ path: evil, code: "unknown-key", message: evil }],
          waived: [],
          policies: [{ code: "rpo-not-held", reason: evil, remedy: evil, waivable: true }],
        },
        dataLoss: {
          rpoSeconds: { before: 3600, after: 3600 },
          entries: [
            {
              dataSet: evil,
              disruption: "region-lost",
              before: { worstCaseSeconds: 1, held: true, statement: evil },
              after: { worstCaseSeconds: null, held: false, statement: evil },
              differs: true,
            },
          ],
        },
      }),
      marker,
    );
    const lines = text.split("\n");
    expect(lines.filter((line) => /^\s*(\/|-->|<\/details>x|<img)/.test(line))).toEqual([]);
    const outsideCode = text.replaceAll(/(`+)(?!`)[\s\S]*?[^`]\1(?!`)/g, "");
    expect(outsideCode).not.toMatch(/<img|@team/);
    for (const row of lines.filter((line) => line.includes("the region is lost |")))
      expect(row.replaceAll(String.raw`\|`, "").match(/\|/g)).toHaveLength(5);
  });
});

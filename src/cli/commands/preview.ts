import { writeFileSync } from "node:fs";
import { checkSettings } from "../../actions/check/check-settings.ts";
import { commentMarker, type Forge, postComment } from "../../actions/preview/post-comment.ts";
import type { PreviewResult } from "../../actions/preview/preview.ts";
import { type PreviewReport, reportPreview } from "../../actions/preview/preview-report.ts";
import { scrubReport } from "../../actions/preview/scrub-report.ts";
import { readProjectName } from "../../config/raw-project.ts";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import type { CloudOptions } from "../options.ts";
import { renderAmount } from "../render/amount.ts";
import { renderSeconds } from "../render/duration.ts";
import { asLorError, renderError } from "../render/error.ts";
import { renderPreviewMarkdown } from "../render/preview-markdown/index.ts";
import { describePrice, renderChanges, renderPlanUnpriced, renderSteps } from "../render/proposal.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

interface PreviewOptions extends CloudOptions {
  readonly profile?: Profile;
  readonly detect: boolean;
  readonly exitCode: boolean;
  readonly base?: string;
  readonly file?: string;
  readonly comment?: Forge;
}

export async function preview(terminal: Terminal, options: PreviewOptions): Promise<ExitCode> {
  refuseWithoutMarkdown(options);
  if (options.format === "markdown") return await previewMarkdown(terminal, options);
  const { report, result } = await run(terminal, options);
  terminal.document(report);
  terminal.line(renderScreen(terminal, result, report));
  return exitOf(options, report);
}

async function run(
  terminal: Terminal,
  options: PreviewOptions,
): Promise<{ readonly report: PreviewReport; readonly result: PreviewResult }> {
  const { profile, detect, base } = options;
  const { report, result } = await withStack(terminal, options, undefined, ({ context }) =>
    reportPreview(context, {
      detect,
      ...(profile === undefined ? {} : { profile }),
      ...(base === undefined ? {} : { base }),
    }),
  );
  return { report: scrubReport(report, process.env), result };
}

/** A failed preview is posted too: an unchanged comment would describe outdated settings. */
async function previewMarkdown(terminal: Terminal, options: PreviewOptions): Promise<ExitCode> {
  const { settings, stack, cloud, base } = options;
  const project = readProjectName(settings) ?? (base === undefined ? undefined : readProjectName(base)) ?? "unknown";
  let report: PreviewReport | undefined;
  let failure: unknown;
  try {
    ({ report } = await run(terminal, options));
  } catch (error) {
    failure = error;
  }
  const { report: check } = checkSettings({ dir: settings, stack });
  const story = { project, stack, cloud, check, report, failure: describeFailure(failure) };
  const marker = commentMarker({ project, stack });
  const text = renderPreviewMarkdown(scrubReport(story, process.env), marker);
  try {
    await publish(terminal, options, marker, text);
  } catch (error) {
    if (failure === undefined) throw error;
    terminal.warn(renderError(error, false));
  }
  if (report === undefined) throw failure;
  return exitOf(options, report);
}

async function publish(
  terminal: Terminal,
  { file, comment }: PreviewOptions,
  marker: string,
  text: string,
): Promise<void> {
  if (file === undefined) terminal.print(text);
  else writeText(file, text);
  if (comment === undefined) return;
  const { done, service, url } = await postComment({ forge: comment, env: process.env, marker, body: text });
  terminal.warn(`${service}: comment ${done}${url === undefined ? "" : `, ${url}`}`);
}

function writeText(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new LorError({
      code: "file-not-written",
      message: `the Markdown could not be written to a file (${messageOf(cause)})`,
      exit: ExitCode.usage,
      culprit: "user",
      path: "--file",
      seen: file,
      accepted: "a file in a folder that exists and that you may write to",
      next: "lor-infra preview --format markdown",
      cause,
    });
  }
}

function describeFailure(error: unknown): { code: string; message: string; next: string | undefined } | undefined {
  if (error === undefined) return undefined;
  const { code, message, next } = asLorError(error);
  return { code, message, next };
}

/** Refuses options that only apply to Markdown, instead of ignoring them. */
function refuseWithoutMarkdown({ json, format = "text", file, comment }: PreviewOptions): void {
  const asked = [
    json && format === "markdown" ? "--json" : "",
    file === undefined ? "" : "--file",
    comment === undefined ? "" : "--comment",
  ].filter((name) => name !== "");
  const [first] = asked;
  if (first === undefined || (format === "markdown" && first !== "--json")) return;
  throw new LorError({
    code: "preview-format",
    message: first === "--json" ? "a preview is either JSON or Markdown" : `${first} is for the Markdown of a preview`,
    exit: ExitCode.usage,
    culprit: "user",
    path: first,
    seen: `--format ${format}`,
    accepted: first === "--json" ? "one of --json and --format" : "--format markdown",
    next: "lor-infra preview --format markdown",
  });
}

function exitOf({ detect, exitCode }: PreviewOptions, { differs }: PreviewReport): ExitCode {
  return (detect || exitCode) && differs ? ExitCode.differences : ExitCode.done;
}

function renderScreen(terminal: Terminal, result: PreviewResult, { price }: PreviewReport): string {
  const { profile, changes, steps, stop, before, after, seconds } = result;
  return [
    changes.length === 0 ? `Nothing differs from ${profile}.` : renderChanges(terminal, changes),
    renderSteps(terminal, steps),
    stop === undefined ? "" : `${terminal.style("red", "✗")} ${stop.reason} [${stop.code}]`,
    `Price a month: now ${before === undefined ? "nothing" : describePrice(before)}\n             after ${describePrice(after)}`,
    ...renderPlanUnpriced(terminal, after),
    renderNextSeason(price),
    seconds === 0 ? "" : `Expected: about ${renderSeconds(seconds)} on the real cloud.`,
    `Next: ${nextStep(result)}`,
  ]
    .filter((text) => text !== "")
    .join("\n");
}

/** `Next season (noel), 2026-12-04 to 2026-12-26: 277.83 EUR in rush, 94.34 more than normal` */
function renderNextSeason({ nextSeason: { after }, currency }: PreviewReport["price"]): string {
  if (after === null) return "";
  const { events, rushFrom, rushTo, inRush, extra, unknown } = after;
  const lacks = unknown.length === 0 ? "" : ` with ${unknown.length} prices unknown`;
  return `Next season (${events.join(" and ")}), ${rushFrom} to ${rushTo}: ${renderAmount(inRush)} ${currency} in rush, ${renderAmount(extra)} more than normal${lacks}`;
}

function nextStep({ stop, ...result }: PreviewResult): string {
  return stop === undefined ? `lor-infra ${nextCommand(result)}` : stop.next;
}

function nextCommand({ profile, current, changes }: Pick<PreviewResult, "profile" | "current" | "changes">): string {
  if (current !== undefined && current !== profile) return profile;
  return changes.length === 0 ? "status" : "up";
}

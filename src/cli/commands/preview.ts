import { type PreviewResult, preview as runPreview } from "../../actions/preview.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/fleet.ts";
import type { CloudOptions } from "../options.ts";
import { renderSeconds } from "../render/duration.ts";
import { describePrice, renderChanges, renderSteps } from "../render/proposal.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

interface PreviewOptions extends CloudOptions {
  readonly profile?: Profile;
  readonly detect: boolean;
}

export async function preview(terminal: Terminal, options: PreviewOptions): Promise<ExitCode> {
  const { profile: asked, detect } = options;
  const result = await withStack(terminal, options, undefined, ({ context }) =>
    runPreview(context, { detect, ...(asked === undefined ? {} : { profile: asked }) }),
  );
  const { profile, current, changes, steps, stop, before, after, seconds, differs } = result;
  terminal.document({
    version: 1,
    cloud: options.cloud,
    stack: options.stack,
    profile,
    current,
    changes,
    steps,
    stop,
    seconds,
    differs,
  });
  terminal.line(
    [
      changes.length === 0 ? `Nothing differs from ${profile}.` : renderChanges(terminal, changes),
      renderSteps(terminal, steps),
      stop === undefined ? "" : `${terminal.style("red", "✗")} ${stop.reason} [${stop.code}]. Next: ${stop.next}`,
      `Price a month: now ${before === undefined ? "nothing" : describePrice(before)}\n             after ${describePrice(after)}`,
      seconds === 0 ? "" : `Expected: about ${renderSeconds(seconds)} on the real cloud.`,
      `Next: lor-infra ${nextCommand(result)}`,
    ]
      .filter((text) => text !== "")
      .join("\n"),
  );
  return detect && differs ? ExitCode.differences : ExitCode.done;
}

function nextCommand({ profile, current, changes }: PreviewResult): string {
  if (current !== undefined && current !== profile) return profile;
  return changes.length === 0 ? "status" : "up";
}

import { status as readStatus, type StatusResult } from "../../actions/status/status.ts";
import { ExitCode } from "../../core/errors.ts";
import type { CloudOptions } from "../options.ts";
import { renderStatus } from "../render/status.ts";
import type { Terminal } from "../terminal.ts";
import { readStack } from "../with-stack.ts";

export async function status(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const { plan: _plan, fronts, ...rest } = await showStatus(terminal, options);
  // The front flavor of the settings is a size as the settings name it.
  const named = fronts.map(({ size, healthy, ...front }) => ({
    ...front,
    flavor: size,
    healthy,
    health: healthy ? "healthy" : "unhealthy",
  }));
  terminal.document({ version: 1, ...rest, fronts: named });
  return ExitCode.done;
}

/** Renders the screen and returns its content. */
export async function showStatus(terminal: Terminal, options: CloudOptions): Promise<StatusResult> {
  const result = await readStack(terminal, options, readStatus);
  terminal.line(renderStatus(terminal, result));
  return result;
}

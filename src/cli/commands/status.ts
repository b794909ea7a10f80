import { status as readStatus } from "../../actions/status.ts";
import { ExitCode } from "../../core/errors.ts";
import type { CloudOptions } from "../command-tree.ts";
import { renderStatus } from "../render/status.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export async function status(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const result = await withStack(terminal, options, undefined, ({ context }) => readStatus(context));
  const { plan: _plan, ...document } = result;
  terminal.document({ version: 1, ...document });
  terminal.line(renderStatus(terminal, result));
  return ExitCode.done;
}

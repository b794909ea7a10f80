import { type DestroyResult, destroy as runDestroy } from "../../actions/destroy/destroy.ts";
import { ExitCode } from "../../core/errors.ts";
import type { ChangeOptions } from "../options.ts";
import { renderSeconds } from "../render/duration.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

interface DestroyOptions extends ChangeOptions {
  readonly withData: boolean;
}

export async function destroy(terminal: Terminal, options: DestroyOptions): Promise<ExitCode> {
  const { deleted, lost, backup, seconds } = await destroyStack(terminal, options);
  if (backup !== undefined) terminal.line(`A copy of the last state is in ${backup}.`);
  terminal.document({
    version: 1,
    ok: true,
    cloud: options.cloud,
    stack: options.stack,
    deleted: deleted.length,
    lost,
    backup,
    seconds,
  });
  return ExitCode.done;
}

/** Deletes the stack and reports what was deleted. */
export async function destroyStack(terminal: Terminal, options: DestroyOptions): Promise<DestroyResult> {
  const { withData } = options;
  const result = await withStack(
    terminal,
    options,
    "destroy",
    ({ context, confirm }) => runDestroy(context, { withData, confirm }),
    "tell",
  );
  terminal.line(
    result.deleted.length === 0
      ? "Nothing was there."
      : `Deleted ${result.deleted.length} resources in ${renderSeconds(result.seconds)}, ${result.lost.length} of which held data.`,
  );
  return result;
}

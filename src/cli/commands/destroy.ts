import { destroy as runDestroy } from "../../actions/destroy.ts";
import { ExitCode } from "../../core/errors.ts";
import type { ChangeOptions } from "../options.ts";
import { renderSeconds } from "../render/duration.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export async function destroy(
  terminal: Terminal,
  options: ChangeOptions & { readonly withData: boolean },
): Promise<ExitCode> {
  const { withData } = options;
  const { deleted, lost, backup, seconds } = await withStack(terminal, options, "destroy", ({ context, confirm }) =>
    runDestroy(context, { withData, confirm }),
  );
  terminal.line(
    deleted.length === 0
      ? "Nothing was there."
      : `Deleted ${deleted.length} resources in ${renderSeconds(seconds)}, ${lost.length} of which held data.`,
  );
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

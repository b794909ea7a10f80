import { recover as runRecover } from "../../actions/recover/recover.ts";
import { ExitCode } from "../../core/errors.ts";
import type { ChangeOptions } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export async function recover(
  terminal: Terminal,
  options: ChangeOptions & { readonly replace?: string; readonly giveUp?: string },
): Promise<ExitCode> {
  const { replace, giveUp } = options;
  const { fleet, steps } = await withStack(
    terminal,
    options,
    "recover",
    ({ context, confirm }) =>
      runRecover(context, {
        confirm,
        ...(replace === undefined ? {} : { replace }),
        ...(giveUp === undefined ? {} : { giveUp }),
      }),
    "tell",
  );
  const fronts = (fleet?.fronts ?? []).map(({ name, size, pool, healthy }) => ({ name, size, pool, healthy }));
  terminal.line(
    fleet === undefined
      ? "Nothing is up."
      : `${fronts.filter((front) => front.healthy).length} of ${fronts.length} fronts are healthy.`,
  );
  terminal.line("Next: lor-infra status");
  terminal.document({ version: 1, ok: true, cloud: options.cloud, stack: options.stack, steps, fronts });
  return ExitCode.done;
}

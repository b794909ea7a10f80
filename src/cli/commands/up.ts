import { up as runUp } from "../../actions/up/up.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import type { ChangeOptions } from "../options.ts";
import { renderSeconds } from "../render/duration.ts";
import { describePrice } from "../render/proposal.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export async function up(
  terminal: Terminal,
  options: ChangeOptions & { readonly profile?: Profile },
): Promise<ExitCode> {
  const result = await withStack(terminal, options, "up", ({ context, confirm }) =>
    runUp(context, { confirm, ...(options.profile === undefined ? {} : { profile: options.profile }) }),
  );
  const { profile, changes, after, seconds } = result;
  const where = profile ?? "between two profiles";
  terminal.line(
    changes.length === 0
      ? `Everything is as the settings say (${where}); nothing was changed.`
      : `Up, ${where}: ${changes.length} changes in ${renderSeconds(seconds)}.\nPrice a month: ${describePrice(after)}`,
  );
  terminal.line(
    profile === undefined ? "Next: lor-infra rush or lor-infra normal, to end the switch" : "Next: lor-infra status",
  );
  terminal.document({ version: 1, ok: true, cloud: options.cloud, stack: options.stack, profile, changes, seconds });
  return ExitCode.done;
}

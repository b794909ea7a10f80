import { switchProfile } from "../../actions/switch-profile.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/fleet.ts";
import type { ChangeOptions } from "../options.ts";
import { renderSeconds } from "../render/duration.ts";
import { describePrice } from "../render/proposal.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";

export function rush(terminal: Terminal, options: ChangeOptions): Promise<ExitCode> {
  return switchTo("rush", terminal, options);
}

export function normal(terminal: Terminal, options: ChangeOptions): Promise<ExitCode> {
  return switchTo("normal", terminal, options);
}

async function switchTo(target: Profile, terminal: Terminal, options: ChangeOptions): Promise<ExitCode> {
  const result = await withStack(terminal, options, target, ({ context, confirm }) =>
    switchProfile(context, { target, confirm }),
  );
  const { steps, before, after, fleet, seconds } = result;
  terminal.line(
    steps.length === 0
      ? `The stack is in ${target} already; every front was checked.`
      : `In ${target} after ${steps.length} steps and ${renderSeconds(seconds)}.\nPrice a month: before ${describePrice(before)}\n                  now ${describePrice(after)}`,
  );
  terminal.line(
    target === "rush" ? "Next: lor-infra status; after the event, lor-infra normal" : "Next: lor-infra status",
  );
  const fronts = fleet.fronts.map(({ name, size, pool, healthy }) => ({ name, size, pool, healthy }));
  terminal.document({
    version: 1,
    ok: true,
    cloud: options.cloud,
    stack: options.stack,
    profile: target,
    steps,
    fronts,
    seconds,
  });
  return ExitCode.done;
}

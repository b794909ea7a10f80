import { ExitCode, LorError } from "../../core/errors.ts";
import { didYouMean } from "../../core/nearest-name.ts";
import type { MachineRoutes, ReachableMachine } from "../../systems/contract.ts";

/** The machine of a name. @throws LorError `machine-unknown` */
export function requireMachine({ machines, bastion }: MachineRoutes, name: string): ReachableMachine {
  const all = [...machines, bastion];
  const found = all.find((machine) => machine.name === name);
  if (found !== undefined) return found;
  const names = all.map((machine) => machine.name);
  throw new LorError({
    code: "machine-unknown",
    message: `the stack has no machine ${name}${didYouMean(name, names)}`,
    exit: ExitCode.usage,
    culprit: "user",
    seen: name,
    accepted: names.join(", "),
    next: "lor-infra status",
  });
}

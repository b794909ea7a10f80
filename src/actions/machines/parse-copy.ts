import { ExitCode, LorError } from "../../core/errors.ts";
import { requireMachine } from "../../stack/ssh/require-machine.ts";
import type { MachineRoutes } from "../../systems/contract.ts";

interface Copy {
  readonly machine: string;
  /** As `scp` takes it. */
  readonly source: string;
  readonly target: string;
}

/** Reads `ps-0:/path .` or `file ps-0:/path`. @throws LorError `copy-form`, `machine-unknown` */
export function parseCopy(routes: MachineRoutes, from: string, to: string): Copy {
  const [source, target] = [placeOf(from), placeOf(to)];
  const machine = source.machine ?? target.machine;
  if (machine === undefined || (source.machine !== undefined && target.machine !== undefined)) throw badForm(from, to);
  requireMachine(routes, machine);
  return { machine, source: source.text, target: target.text };
}

/** A path of this machine that scp could take for another machine's begins with `./`. */
function placeOf(text: string): { readonly machine: string | undefined; readonly text: string } {
  const [, machine, path] = /^([A-Za-z0-9][A-Za-z0-9-]*):(.*)$/s.exec(text) ?? [];
  if (machine !== undefined) return { machine, text: `${machine}:${path === "" ? "." : path}` };
  return { machine: undefined, text: text.includes(":") && !/^[./]/.test(text) ? `./${text}` : text };
}

function badForm(from: string, to: string): LorError {
  return new LorError({
    code: "copy-form",
    message: "a copy goes from a machine to here, or from here to a machine",
    exit: ExitCode.usage,
    culprit: "user",
    seen: `${from} ${to}`,
    accepted: "one of the two begins with the name of a machine and a colon",
    next: "lor-infra copy ps-0:/var/log/nginx/error.log .",
  });
}

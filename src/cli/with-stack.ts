import { refuseInFreeze } from "../actions/rush/change-freeze.ts";
import { instantNow } from "../os/instant.ts";
import type { ActionEvent } from "../stack/action-event.ts";
import type { OpenedContext } from "../stack/assemble-context.ts";
import { openContext } from "../stack/open-context.ts";
import type { Confirm } from "../stack/proposal.ts";
import type { LoadOptions, Project } from "../systems/load-project.ts";
import { cloudOf } from "../systems/project-plan.ts";
import { askYes } from "./ask.ts";
import { Interrupt } from "./interrupt.ts";
import { loadSettings } from "./load-settings.ts";
import { obtainEngine } from "./obtain-engine.ts";
import type { ChangeOptions, CloudOptions } from "./options.ts";
import { ActionScreen } from "./render/action-screen.ts";
import { tellAccepted } from "./render/policies.ts";
import { renderProposal } from "./render/proposal.ts";
import type { Terminal } from "./terminal.ts";

/** Context of a command's work: the open stack, its screen, and the approval. */
export interface StackWork {
  readonly context: OpenedContext;
  readonly screen: ActionScreen;
  readonly confirm: Confirm;
}

/** Operations that a change freeze does not block. */
const repairs = ["recover", "state restore", "import", "certificate renew"];

/**
 * Opens the stack for one command and always closes it: engine installed, lock acquired when `operation` is given, Ctrl-C handled, events shown.
 * Policy warnings are shown first.
 * @param engine `not needed`: none is installed; if the state can only be read by one, `engine-missing` reports it
 * @param policies `tell` for a command that reads or repairs, see `loadProject`
 */
export async function withStack<T>(
  terminal: Terminal,
  options: CloudOptions & Partial<ChangeOptions>,
  operation: string | undefined,
  work: (given: StackWork) => Promise<T>,
  policies: LoadOptions["policies"] = "refuse",
  engine: "needed" | "not needed" = "needed",
): Promise<T> {
  const project = loadSettings(options, policies);
  // A repair is urgent, and a local cloud serves nobody.
  const canWait = operation !== undefined && !repairs.includes(operation) && options.cloud !== "local";
  const waived =
    canWait && options.inFreeze !== true
      ? refuseInFreeze(project, instantNow(), `lor-infra ${operation} --in-freeze`)
      : [];
  terminal.line(
    terminal.style("bold", `${project.name} / ${project.stack} on the ${cloudName(project, options.cloud)}`),
  );
  tellAccepted(terminal, [...project.policies, ...waived]);
  if (engine === "needed") await obtainEngine((text) => terminal.line(`  engine: ${text}`));
  const screen = new ActionScreen(terminal);
  using interrupt = new Interrupt(screen);
  try {
    await using context = await openContext({
      project,
      cloud: options.cloud,
      env: process.env,
      emit: (event: ActionEvent) => screen.on(event),
      signal: interrupt.signal,
      takeOver: options.takeOver === true,
      // A command that restores a state must not be blocked by the current one.
      guarded: operation !== "state restore",
      ...(operation === undefined ? {} : { operation }),
      ...(options.timings === undefined ? {} : { timings: options.timings }),
      ...(options.identity === undefined ? {} : { identity: options.identity }),
      ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
    });
    const confirm: Confirm = async (proposal) => {
      screen.end();
      terminal.line(renderProposal(terminal, proposal));
      return options.yes === true || (await askYes(terminal, "Do this?"));
    };
    return await work({ context, screen, confirm });
  } finally {
    screen.end();
  }
}

/** The same for a command that only reads: no engine, no lock, and no policy refuses it. */
export function readStack<T>(
  terminal: Terminal,
  options: CloudOptions,
  read: (context: OpenedContext) => Promise<T>,
): Promise<T> {
  return withStack(terminal, options, undefined, ({ context }) => read(context), "tell", "not needed");
}

function cloudName(project: Project, cloud: string): string {
  return cloud === "local" ? "local cloud" : `real ${cloudOf(project).title}`;
}

import { Temporal } from "temporal-polyfill";
import { refuseInFreeze } from "../actions/rush/change-freeze.ts";
import type { ActionEvent } from "../stack/action-event.ts";
import { type OpenedContext, openContext } from "../stack/open-context.ts";
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

/** What a command's work gets: the open stack, the screen that follows it, and the person's approval. */
export interface StackWork {
  readonly context: OpenedContext;
  readonly screen: ActionScreen;
  readonly confirm: Confirm;
}

/** What a change freeze does not hold up. */
const repairs = ["recover", "state restore", "import"];

/**
 * Opens the stack for one command and closes it whatever happens: engine there, lock taken when `operation` is given, Ctrl-C understood, events on
 * the screen. What policies say is told first.
 *
 * @param engine `not needed`: none is obtained; where the state can be read with one only, `engine-missing` says so
 * @param policies `tell` for a command that looks or repairs, see `loadProject`
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
  // A repair cannot wait, and nobody is served by a local cloud.
  const canWait = operation !== undefined && !repairs.includes(operation) && options.cloud !== "local";
  const waived =
    canWait && options.inFreeze !== true
      ? refuseInFreeze(project, Temporal.Now.instant(), `lor-infra ${operation} --in-freeze`)
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
      // What brings a state back must not be held up by the state that is there.
      guarded: operation !== "state restore",
      ...(operation === undefined ? {} : { operation }),
      ...(options.timings === undefined ? {} : { timings: options.timings }),
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

function cloudName(project: Project, cloud: string): string {
  return cloud === "local" ? "local cloud" : `real ${cloudOf(project).title}`;
}

import type { Emit } from "../../src/stack/action-event.ts";
import { openContext } from "../../src/stack/open-context.ts";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import type { TestProject } from "../e2e/project.ts";
import { EngineTimes } from "./engine-times.ts";

interface TimedAction {
  /** From opening the stack to closing it. */
  readonly seconds: number;
  /** Instant at which it was closed, as of `performance.now()`. */
  readonly ended: number;
  readonly times: EngineTimes;
}

interface TimedActionArgs {
  /** Operation of the lock; undefined for an action that takes none. */
  readonly operation: string | undefined;
  readonly act: (context: StackContext) => Promise<unknown>;
  /** Listener to the action's events. Default: nobody listens. */
  readonly listen?: (times: EngineTimes) => Emit;
}

/** Runs an action in this process, on the local cloud of a project, and measures it and its engine runs. */
export async function timeAction(
  project: TestProject,
  { operation, act, listen = () => () => undefined }: TimedActionArgs,
): Promise<TimedAction> {
  const loaded = loadProject(project.folder, "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  const began = performance.now();
  const times = new EngineTimes();
  {
    await using context = await openContext({
      project: loaded.value,
      cloud: "local",
      env: project.env,
      ...(operation === undefined ? {} : { operation }),
      emit: listen(times),
    });
    await act({ ...context, engine: times.of(context.engine) });
  }
  const ended = performance.now();
  return { seconds: (ended - began) / 1000, ended, times };
}

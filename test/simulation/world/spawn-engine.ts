import type { EngineEnd, EngineProcess } from "../engine/engine-process.ts";
import { type Disk, ModelFiles } from "./model-files.ts";
import { SimProcess, uuidOf } from "./sim-process.ts";

/** An engine as a child of a command, in a session of its own: it lives on when the command dies, and then begins nothing new. */
export async function spawnEngine<T>(
  parent: SimProcess,
  disk: Disk,
  marks: readonly string[],
  work: (process: EngineProcess) => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<EngineEnd<T>> {
  const { world, machine } = parent;
  const child = new SimProcess(world, machine, { name: "engine", marks, parent });
  let stopping = signal?.aborted === true;
  const stop = () => {
    stopping = true;
  };
  signal?.addEventListener("abort", stop, { once: true });
  // Its program has ended with the command: the engine hears of it at its next registration.
  parent.ended.addEventListener("abort", stop, { once: true });
  child.onInterrupt = stop;
  const process: EngineProcess = {
    pid: child.pid,
    host: machine.identity.host,
    user: machine.user,
    files: new ModelFiles(disk, child),
    get stopping() {
      return stopping;
    },
    now: () => child.now(),
    newId: () => uuidOf(world.random),
    call: async (what, call) => await child.reach("cloud", what, 20, 200, () => call(child.ended)),
  };
  const ended = work(process).then(
    (value): EngineEnd<T> => ({ kind: "ended", value }),
    (error: unknown): EngineEnd<T> => ({ kind: "failed", error }),
  );
  const end = await Promise.race([
    ended,
    child.killed.then((): EngineEnd<T> => ({ kind: "killed", signal: "SIGKILL" })),
  ]);
  child.exit();
  signal?.removeEventListener("abort", stop);
  await parent.sleep(world.random.between(1, 20));
  return end;
}

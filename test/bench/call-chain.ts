import { Session } from "node:inspector/promises";
import { relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Figure } from "./measure.ts";

/**
 * Counts the files that one rush passes through: files below `src/`, other than value objects (`src/core/`), of which at least one function ran
 * between the call of `switchProfile` and its return. V8 counts while a Lor of two fronts, up in normal, goes into rush in this process, approved and
 * without a fault. A module's top level is no function. The fakes of `test/actions` take the place of the engine, the Pulumi program and the cloud's
 * clients, and the context has no lock; so their files and those of the command line are not among them.
 *
 * `npx node test/bench/call-chain.ts` prints each file with the number of its functions that ran.
 */
const source = resolve(import.meta.dirname, "..", "..", "src");

interface ChainFile {
  /** Path below `src/`. */
  readonly path: string;
  /** Number of its functions that ran. */
  readonly functions: number;
}

/** @returns the files of one rush, the one with the most functions first */
async function rushChain(): Promise<readonly ChainFile[]> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  // Before the modules are compiled, so that V8 counts in all of them.
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const { FakeStack } = await import("../actions/fake-stack.ts");
  const stack = new FakeStack();
  try {
    const { switchProfile } = await import("../../src/actions/rush/switch-profile.ts");
    const { up } = await import("../../src/actions/up/up.ts");
    await up(stack.context(), { confirm: stack.confirm });
    // Taking the counts sets them to zero.
    await session.post("Profiler.takePreciseCoverage");
    await switchProfile(stack.context(), { target: "rush", confirm: stack.confirm });
    const { result } = await session.post("Profiler.takePreciseCoverage");
    return result
      .flatMap(({ url, functions }) => {
        if (!url.startsWith(`${pathToFileURL(source).href}/`)) return [];
        const ran = functions.filter(({ functionName, ranges: [range] }) => {
          const isTopLevel = functionName === "" && range?.startOffset === 0;
          return !isTopLevel && (range?.count ?? 0) > 0;
        });
        return [{ path: relative(source, new URL(url).pathname), functions: ran.length }];
      })
      .filter(({ path, functions }) => functions > 0 && !path.startsWith("core/"))
      .toSorted((a, b) => b.functions - a.functions || a.path.localeCompare(b.path));
  } finally {
    stack.dispose();
    session.disconnect();
  }
}

/**
 * Shown without a limit. At commit 2ea04d2 the same count gave 74; the aim was fewer than half of that, and was given up: this code keeps one concept
 * in one file, so each further check or report of a switch is a further file, and only merging files would lower the number.
 */
export async function rushCallChain(): Promise<Figure> {
  const files = await rushChain();
  const folders = Map.groupBy(files, ({ path }) => path.split("/")[0] ?? "");
  const byFolder = [...folders].map(([folder, own]) => `${folder} ${own.length}`).toSorted();
  return {
    name: "files that one rush passes through",
    seen: `${files.length} (${byFolder.join(", ")}), ${files.reduce((sum, { functions }) => sum + functions, 0)} functions`,
    limit: undefined,
    within: true,
  };
}

if (import.meta.main) {
  const files = await rushChain();
  process.stdout.write(`${files.length} files\n`);
  for (const { path, functions } of files) process.stdout.write(`${String(functions).padStart(4)} ${path}\n`);
}

import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Environment } from "./program-cache.ts";

export interface EngineHomeArgs {
  /** Scratch folder of the stack; the engine's home is made in it. */
  readonly workFolder: string;
  /** The caller's environment: its `PULUMI_HOME`, or `~/.pulumi`, is where plugins are. */
  readonly env: Environment;
  /** Folder that plugins are in, instead of the caller's. */
  readonly pulumiHome: string | undefined;
  /** Whether this run looks for plugins: false when providers are attached. */
  readonly needsPlugins: boolean;
}

/**
 * Makes a PULUMI_HOME in which the engine keeps no log. Engine 3.259 writes all that it logs, secrets included, encrypted to `logs/` there, whatever its options
 * say: more than a third of its processor time (docs/decisions/engine-without-log.md). A file of that name stops it.
 * @returns its path
 */
export async function prepareEngineHome(args: EngineHomeArgs): Promise<string> {
  const home = join(args.workFolder, "engine-home");
  await mkdir(home, { recursive: true, mode: 0o700 });
  await writeFile(join(home, "logs"), "A file of this name keeps the engine from writing a log of each run.\n");
  if (args.needsPlugins) {
    const plugins = join(
      args.pulumiHome ?? args.env.PULUMI_HOME ?? join(args.env.HOME ?? homedir(), ".pulumi"),
      "plugins",
    );
    await mkdir(plugins, { recursive: true, mode: 0o700 });
    const link = join(home, "plugins");
    await rm(link, { force: true });
    await symlink(plugins, link);
  }
  return home;
}

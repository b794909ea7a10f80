import { type InstallEngineArgs, installEngine } from "../../engine/install-engine.ts";
import { locateLanguageHost } from "../../engine/locate-engine.ts";

export interface EngineInstalled {
  readonly path: string;
  readonly version: string;
  readonly origin: "path" | "cache" | "download" | "build";
  /** What plain `pulumi` starts for the program; `lor-infra` itself does without. */
  readonly languageHost: string | undefined;
}

/**
 * Finds the engine, or obtains it.
 * @throws LorError `engine-missing`, `engine-build-failed`, `cancelled`
 */
export async function engineInstall(args: InstallEngineArgs): Promise<EngineInstalled> {
  const { path, version, origin } = await installEngine(args);
  return { path, version, origin, languageHost: locateLanguageHost({ path }, args.env) };
}

import { type InstallEngineArgs, installEngine } from "../../engine/install-engine.ts";
import { locateLanguageHost } from "../../engine/locate-engine.ts";

export interface EngineInstalled {
  readonly path: string;
  readonly version: string;
  readonly origin: "path" | "cache" | "download" | "build";
  /** Started by plain `pulumi` for the program; `lor-infra` does not need it. */
  readonly languageHost: string | undefined;
}

/**
 * Finds or installs the engine.
 * @throws LorError `engine-missing`, `engine-build-failed`, `cancelled`
 */
export async function engineInstall(args: InstallEngineArgs): Promise<EngineInstalled> {
  const { path, version, origin } = await installEngine(args);
  return { path, version, origin, languageHost: locateLanguageHost({ path }, args.env) };
}

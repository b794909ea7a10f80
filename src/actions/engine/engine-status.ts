import type { LorError } from "../../core/errors.ts";
import { findGo } from "../../engine/build-from-modules.ts";
import { EngineCache } from "../../engine/engine-cache.ts";
import { minimumEngineVersion } from "../../engine/engine-recipes.ts";
import { locateEngine, locateLanguageHost } from "../../engine/locate-engine.ts";
import type { Environment } from "../../engine/program-cache.ts";

export type EngineStatus = {
  /** Oldest version that is used. */
  readonly minimumVersion: string;
  /** Folder of the engines that this project obtained. */
  readonly cacheFolder: string;
  /** The `go` command from which an engine could be built. */
  readonly go: string | undefined;
} & (
  | {
      readonly found: true;
      readonly path: string;
      readonly version: string;
      readonly origin: "path" | "cache" | "download" | "build";
      readonly languageHost: string | undefined;
    }
  | { readonly found: false; readonly reason: LorError }
);

/** Which engine a command would use now; obtains nothing. */
export async function engineStatus({ env }: { readonly env: Environment }): Promise<EngineStatus> {
  const location = await locateEngine({ env });
  const surroundings = {
    minimumVersion: minimumEngineVersion,
    cacheFolder: new EngineCache(env).folder,
    go: findGo(env),
  };
  return location.found
    ? { ...surroundings, ...location, languageHost: locateLanguageHost(location, env) }
    : { ...surroundings, ...location };
}

import type { LorError } from "../../core/errors.ts";
import { findGo } from "../../engine/build-from-modules.ts";
import { EngineCache } from "../../engine/engine-cache.ts";
import { minimumEngineVersion } from "../../engine/engine-recipes.ts";
import { locateEngine, locateLanguageHost } from "../../engine/locate-engine.ts";
import type { Environment } from "../../engine/program-cache.ts";

export type EngineStatus = {
  /** Minimum version. */
  readonly minimumVersion: string;
  /** Folder of the engines that this project has downloaded or built. */
  readonly cacheFolder: string;
  /** The `go` command for building an engine. */
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

/** Engine that a command would use now; installs nothing. */
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

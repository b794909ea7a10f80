import { engineKey } from "./engine-recipes.ts";
import { type Environment, ProgramCache, thisPlatform } from "./program-cache.ts";

/** Folder of the engines that this project has downloaded or built. */
export class EngineCache extends ProgramCache {
  constructor(env: Environment, platform = thisPlatform) {
    super({ env, kind: "engine", key: engineKey(platform), program: "pulumi" });
  }
}

import { engineKey } from "./engine-recipes.ts";
import { type Environment, ProgramCache, thisPlatform } from "./program-cache.ts";

/** Where the engines lie that this project obtained. */
export class EngineCache extends ProgramCache {
  constructor(env: Environment, platform = thisPlatform) {
    super({ env, kind: "engine", key: engineKey(platform), program: "pulumi" });
  }
}

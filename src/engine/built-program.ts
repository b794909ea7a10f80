import { buildFromModules, findGo } from "./build-from-modules.ts";
import { BuildLock } from "./build-lock.ts";
import { type ModuleRecipe, recipesKey } from "./module-recipe.ts";
import { type Environment, ProgramCache, thisPlatform } from "./program-cache.ts";

export interface BuiltProgramArgs {
  readonly recipe: ModuleRecipe;
  readonly version: string;
  /** Folder name in the cache. */
  readonly kind: string;
  readonly env: Environment;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Path of a program, from the cache or built from its pinned Go modules by one process at a time. */
export async function builtProgram(args: BuiltProgramArgs): Promise<string> {
  const { recipe, version, kind, env, onProgress, signal } = args;
  const key = recipesKey({ platform: thisPlatform, version, recipes: [recipe] });
  const cache = new ProgramCache({ env, kind, key, program: recipe.binary });
  const lock = await BuildLock.acquire({
    folder: cache.lockFolder,
    done: () => cache.find() !== undefined,
    onWait: (holder) => onProgress(`process ${holder} is building ${recipe.binary}; waiting for it`),
    signal,
  });
  try {
    return cache.find() ?? (await build(cache, args));
  } finally {
    lock?.release();
  }
}

async function build(cache: ProgramCache, { recipe, env, onProgress, signal }: BuiltProgramArgs): Promise<string> {
  const go = findGo(env);
  if (go === undefined) throw new Error(`${recipe.binary} is built with Go 1.26 or newer, which is not installed`);
  const folder = cache.begin();
  try {
    await buildFromModules(go, [recipe], { env, onProgress, signal, binFolder: `${folder}/bin` });
    return cache.keep(folder);
  } finally {
    cache.drop(folder);
  }
}

import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { buildFromModules, findGo } from "../../../src/engine/build-from-modules.ts";
import { BuildLock } from "../../../src/engine/build-lock.ts";
import { type ModuleRecipe, recipesKey } from "../../../src/engine/module-recipe.ts";
import { type Environment, ProgramCache, thisPlatform } from "../../../src/engine/program-cache.ts";

/** The Terraform provider behind @pulumi/openstack 3.15.2. */
const version = "1.54.1";

const recipe: ModuleRecipe = {
  binary: "pulumi-resource-openstack",
  modules: fileURLToPath(new URL("./", import.meta.url)),
  buildArguments: ["-trimpath", "-ldflags", "-s -w", "."],
  sources: ["main.go", "bridge.go", "schema.go", "served.json", "stub/go.mod"],
};

export interface InstallProviderArgs {
  readonly env: Environment;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface InstalledProvider {
  readonly path: string;
  /** Put on PATH, it lets the engine find the plugin. */
  readonly folder: string;
}

/** Finds the real provider in the cache or builds it. A first build takes about 5 minutes, most of it for its modules. */
export async function installProvider(args: InstallProviderArgs): Promise<InstalledProvider> {
  const cache = new ProgramCache({
    env: args.env,
    kind: "openstack-provider",
    key: recipesKey({ platform: thisPlatform, version, recipes: [recipe] }),
    program: recipe.binary,
  });
  const lock = await BuildLock.acquire({
    folder: cache.lockFolder,
    done: () => cache.find() !== undefined,
    onWait: (holder) => args.onProgress(`process ${holder} is building the provider; waiting for it`),
    signal: args.signal,
  });
  try {
    const path = cache.find() ?? (await build(cache, args));
    return { path, folder: dirname(path) };
  } finally {
    lock?.release();
  }
}

async function build(cache: ProgramCache, args: InstallProviderArgs): Promise<string> {
  const go = findGo(args.env);
  if (go === undefined)
    throw new Error("the real OpenStack provider is built with Go 1.26 or newer, which is not installed");
  const folder = cache.begin();
  try {
    await buildFromModules(go, [recipe], { ...args, binFolder: `${folder}/bin` });
    return cache.keep(folder);
  } finally {
    cache.drop(folder);
  }
}

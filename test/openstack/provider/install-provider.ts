import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { builtProgram } from "../../../src/engine/built-program.ts";
import type { ModuleRecipe } from "../../../src/engine/module-recipe.ts";
import type { Environment } from "../../../src/engine/program-cache.ts";

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
  const path = await builtProgram({ ...args, recipe, version, kind: "openstack-provider" });
  return { path, folder: dirname(path) };
}

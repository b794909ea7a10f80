import { fileURLToPath } from "node:url";
import { builtProgram } from "../../../src/engine/built-program.ts";
import type { ModuleRecipe } from "../../../src/engine/module-recipe.ts";
import type { Environment } from "../../../src/engine/program-cache.ts";

const opentofu = { version: "1.12.6", kind: "opentofu" } as const;
/** The one that the plugin of the engine is built around: ../provider/install-provider.ts. */
const provider = { version: "1.54.1", kind: "terraform-provider-openstack" } as const;

const opentofuRecipe: ModuleRecipe = {
  binary: "tofu",
  modules: fileURLToPath(new URL("./opentofu/", import.meta.url)),
  buildArguments: [
    "-trimpath",
    "-ldflags",
    // Otherwise it takes itself for a development build.
    "-s -w -X github.com/opentofu/opentofu/version.dev=no",
    "github.com/opentofu/opentofu/cmd/tofu",
  ],
};

const providerRecipe: ModuleRecipe = {
  binary: `terraform-provider-openstack_v${provider.version}`,
  modules: fileURLToPath(new URL("./terraform-provider/", import.meta.url)),
  buildArguments: [
    "-trimpath",
    "-ldflags",
    "-s -w",
    "github.com/terraform-provider-openstack/terraform-provider-openstack",
  ],
};

export interface InstallOpenTofuArgs {
  readonly env: Environment;
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface InstalledOpenTofu {
  /** Path of `tofu`. */
  readonly path: string;
  readonly version: string;
  /** Path of the provider's program. */
  readonly provider: string;
  readonly providerVersion: string;
}

/** Finds OpenTofu and its OpenStack provider in the cache or builds them: on 2 cores some 10 minutes, once. */
export async function installOpenTofu(args: InstallOpenTofuArgs): Promise<InstalledOpenTofu> {
  const path = await buildOpenTofu(args);
  const providerPath = await builtProgram({ ...args, ...provider, recipe: providerRecipe });
  return { path, version: opentofu.version, provider: providerPath, providerVersion: provider.version };
}

/** Path of `tofu` alone, from the cache or built. */
export async function buildOpenTofu(args: InstallOpenTofuArgs): Promise<string> {
  return await builtProgram({ ...args, ...opentofu, recipe: opentofuRecipe });
}

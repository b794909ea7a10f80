import { fileURLToPath } from "node:url";
import { type ModuleRecipe, recipesKey } from "./module-recipe.ts";

/** Engine version that this project is tested with; it is downloaded or built. */
export const engineVersion = "3.259.0";

/** Minimum version: older engines on PATH are ignored, because they are not tested. */
export const minimumEngineVersion = "3.259.0";

/**
 * Build recipe of the engine from its Go modules. Without the version stamp the engine would consider itself a development build. The language
 * host, which only plain `pulumi` starts, comes from the last version of the module that contained it.
 */
export const engineRecipes: readonly ModuleRecipe[] = [
  {
    binary: "pulumi",
    modules: fileURLToPath(new URL("./build/pulumi/", import.meta.url)),
    buildArguments: [
      "-tags",
      "osusergo,grpcnotrace",
      "-trimpath",
      "-ldflags",
      `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`,
      "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    ],
  },
  {
    binary: "pulumi-language-nodejs",
    modules: fileURLToPath(new URL("./build/language-nodejs/", import.meta.url)),
    buildArguments: [
      "-trimpath",
      "-ldflags",
      "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v3.60.0",
      "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    ],
  },
];

/** Cache key of a build; it changes with version, module, flags and platform. */
export function engineKey(platform: string): string {
  return recipesKey({ platform, version: engineVersion, recipes: engineRecipes });
}

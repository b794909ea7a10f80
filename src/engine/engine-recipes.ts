import { fileURLToPath } from "node:url";
import { type ModuleRecipe, recipesKey } from "./module-recipe.ts";

/** The engine that this project was tried with; what is downloaded or built. */
export const engineVersion = "3.259.0";

/** Older ones on PATH are passed over: nothing here was tried with them. */
export const minimumEngineVersion = "3.259.0";

/**
 * How the engine is built from its Go modules. The version stamp is needed: without it the engine takes itself for a development build. The
 * language host, which only plain `pulumi` starts, comes from the last version of the module that carried it.
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

/** Names what a machine would build: another version, module, flag or platform has another key. */
export function engineKey(platform: string): string {
  return recipesKey({ platform, version: engineVersion, recipes: engineRecipes });
}

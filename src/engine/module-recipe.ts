import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Recipe to build one program from Go modules. */
export interface ModuleRecipe {
  /** File name of the program. */
  readonly binary: string;
  /** Folder with its go.mod and go.sum. */
  readonly modules: string;
  /** Arguments of `go build`, without the output. */
  readonly buildArguments: readonly string[];
  /** Own source files in that folder that are compiled in. */
  readonly sources?: readonly string[];
}

export interface RecipesKeyArgs {
  /** Such as `linux-x64`. */
  readonly platform: string;
  readonly version: string;
  readonly recipes: readonly ModuleRecipe[];
}

/** Cache key of builds from the recipes; it changes with everything that changes the programs. */
export function recipesKey({ platform, version, recipes }: RecipesKeyArgs): string {
  const hash = createHash("sha256").update(`${platform}\n${version}\n`);
  for (const recipe of recipes) {
    hash.update(`${recipe.binary}\n${recipe.buildArguments.join("\n")}\n`);
    for (const file of ["go.mod", "go.sum", ...(recipe.sources ?? [])]) {
      hash.update(readFileSync(join(recipe.modules, file)));
    }
  }
  return `${version}-${hash.digest("hex").slice(0, 16)}`;
}

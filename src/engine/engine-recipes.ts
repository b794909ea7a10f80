import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The engine that this project was tried with; what is downloaded or built. */
export const engineVersion = "3.259.0";

/** Older ones on PATH are passed over: nothing here was tried with them. */
export const minimumEngineVersion = "3.259.0";

export interface EngineRecipe {
  /** File name of the program. */
  readonly binary: string;
  /** Folder with its go.mod and go.sum. */
  readonly modules: string;
  /** Arguments of `go build`, without the output. */
  readonly buildArguments: readonly string[];
}

/**
 * How the engine is built from its Go modules. The version stamp is needed: without it the engine takes itself for a development build. The
 * language host, which only plain `pulumi` starts, comes from the last version of the module that carried it.
 */
export const engineRecipes: readonly EngineRecipe[] = [
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
  const hash = createHash("sha256").update(`${platform}\n${engineVersion}\n`);
  for (const recipe of engineRecipes) {
    hash.update(`${recipe.binary}\n${recipe.buildArguments.join("\n")}\n`);
    hash.update(readFileSync(`${recipe.modules}go.mod`)).update(readFileSync(`${recipe.modules}go.sum`));
  }
  return `${engineVersion}-${hash.digest("hex").slice(0, 16)}`;
}

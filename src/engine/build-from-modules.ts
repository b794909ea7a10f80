import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installStopped } from "./build-lock.ts";
import { findOnPath } from "./locate-engine.ts";
import type { ModuleRecipe } from "./module-recipe.ts";
import type { Environment } from "./program-cache.ts";

export interface BuildArgs {
  /** Output folder of the programs. */
  readonly binFolder: string;
  readonly env: Environment;
  /** Progress message to display, such as the module that is fetched or compiled. */
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** A program could not be built. */
export class BuildFailure extends Error {
  readonly binary: string;
  /** Last message of the compiler. */
  readonly said: string;
  /** The Go modules could not be fetched. */
  readonly offline: boolean;

  constructor({ binary }: ModuleRecipe, said: string) {
    super(`${binary} could not be built: ${said}`);
    this.name = "BuildFailure";
    this.binary = binary;
    this.said = said;
    this.offline = /dial tcp|no such host|i\/o timeout|proxyconnect|connection refused/.test(said);
  }
}

/** The `go` command; undefined when Go is not installed. */
export function findGo(env: Environment): string | undefined {
  // Folder that the official archive is unpacked to; it is not on PATH by default.
  const official = "/usr/local/go/bin/go";
  return findOnPath("go", env) ?? (existsSync(official) ? official : undefined);
}

/**
 * Builds programs from their Go modules. A first build of the engine takes about 6 minutes on 2 cores.
 * @throws BuildFailure; LorError `cancelled`
 */
export async function buildFromModules(go: string, recipes: readonly ModuleRecipe[], args: BuildArgs): Promise<void> {
  for (const recipe of recipes) {
    await build(go, recipe, args);
  }
}

function build(go: string, recipe: ModuleRecipe, args: BuildArgs): Promise<void> {
  const progress = new BuildProgress(recipe.binary, args.onProgress);
  return new Promise((resolve, reject) => {
    const child = spawn(go, ["build", "-v", "-o", join(args.binFolder, recipe.binary), ...recipe.buildArguments], {
      cwd: recipe.modules,
      env: {
        ...args.env,
        CGO_ENABLED: "0",
        // The modules are pinned: the user's own flags and workspace must not change them.
        GOFLAGS: "-mod=readonly -buildvcs=false",
        GOWORK: "off",
      },
      stdio: ["ignore", "ignore", "pipe"],
      ...(args.signal === undefined ? {} : { signal: args.signal }),
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => progress.accept(text));
    child.once("error", (error) =>
      reject(args.signal?.aborted ? installStopped() : new BuildFailure(recipe, error.message)),
    );
    child.once("close", (code) => (code === 0 ? resolve() : reject(new BuildFailure(recipe, progress.lastLines))));
  });
}

/** Counts the packages that `go build -v` prints. */
class BuildProgress {
  readonly #binary: string;
  readonly #tell: (text: string) => void;
  readonly #lines: string[] = [];
  #rest = "";
  #fetched = 0;
  #compiled = 0;

  constructor(binary: string, tell: (text: string) => void) {
    this.#binary = binary;
    this.#tell = tell;
    tell(`building ${binary}`);
  }

  get lastLines(): string {
    return [...this.#lines, this.#rest].slice(-8).join("\n").trim();
  }

  accept(text: string): void {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      this.#count(line);
    }
  }

  #count(line: string): void {
    if (line.startsWith("go: downloading ")) {
      this.#fetched += 1;
      this.#tell(`building ${this.#binary}: ${this.#fetched} modules fetched`);
    } else if (/^[\w./-]+$/.test(line)) {
      this.#compiled += 1;
      this.#tell(`building ${this.#binary}: ${this.#compiled} packages compiled`);
    } else {
      this.#lines.push(line);
    }
  }
}

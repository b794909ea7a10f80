import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheHome, type Environment } from "../os/cache-home.ts";
import { host } from "../os/host.ts";

export type { Environment };

export const thisPlatform = `${process.platform}-${process.arch}`;

const unfinishedPrefix = ".unfinished-";

export interface ProgramCacheArgs {
  readonly env: Environment;
  /** Folder name of the programs, such as `engine`. */
  readonly kind: string;
  /** Cache key of version, recipe and platform. */
  readonly key: string;
  /** File name of the program that `find` returns. */
  readonly program: string;
}

/**
 * Folder of programs that this project has downloaded or built: `<cache>/lor-infra/<kind>/<key>/bin`. A key's folder is complete or absent, because
 * it is filled elsewhere and then moved.
 */
export class ProgramCache {
  readonly folder: string;
  readonly #key: string;
  readonly #program: string;

  constructor(args: ProgramCacheArgs) {
    this.folder = join(cacheHome(args.env), "lor-infra", args.kind);
    this.#key = args.key;
    this.#program = args.program;
  }

  /** The program of this version, recipe and platform; undefined when it is not cached. */
  find(): string | undefined {
    const path = this.#pathIn(join(this.folder, this.#key));
    return existsSync(path) ? path : undefined;
  }

  /** Folder of the lock that allows one builder at a time. */
  get lockFolder(): string {
    return join(this.folder, `${this.#key}.locks`);
  }

  /** A new folder on the same file system, to be filled and stored. Only the holder of the lock calls it, so existing ones are leftovers. */
  begin(): string {
    mkdirSync(this.folder, { recursive: true });
    for (const entry of readdirSync(this.folder)) {
      if (entry.startsWith(`${unfinishedPrefix}${this.#key}`)) {
        rmSync(join(this.folder, entry), { recursive: true, force: true });
      }
    }
    const folder = join(this.folder, `${unfinishedPrefix}${this.#key}-${host().pid}`);
    mkdirSync(join(folder, "bin"), { recursive: true });
    return folder;
  }

  /** Moves a filled folder into the cache and returns the program's path. */
  keep(folder: string): string {
    const place = join(this.folder, this.#key);
    // Only a folder without the program can exist here: `find` ran under the lock.
    rmSync(place, { recursive: true, force: true });
    renameSync(folder, place);
    return this.#pathIn(place);
  }

  drop(folder: string): void {
    rmSync(folder, { recursive: true, force: true });
  }

  #pathIn(place: string): string {
    return join(place, "bin", this.#program);
  }
}

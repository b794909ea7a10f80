import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineVersion } from "../../src/engine/engine-recipes.ts";

/** A machine of its own for one test: a PATH with the programs it is given, a home and a cache. */
export class FakeMachine {
  readonly folder: string;
  readonly env: Record<string, string>;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "lor-infra-machine-"));
    mkdirSync(join(this.folder, "bin"));
    mkdirSync(join(this.folder, "home"));
    this.env = { PATH: join(this.folder, "bin"), HOME: join(this.folder, "home") };
  }

  /** Puts a shell script on PATH. */
  program(name: string, lines: readonly string[]): string {
    const path = join(this.folder, "bin", name);
    writeFileSync(path, ["#!/bin/sh", "PATH=/usr/bin:/bin", ...lines, ""].join("\n"));
    chmodSync(path, 0o755);
    return path;
  }

  pulumi(version: string): string {
    return this.program("pulumi", [`echo v${version}`]);
  }

  /**
   * A `go` that writes what it is asked to build, and a line in `builds` each time.
   * @param before shell lines that it runs first
   */
  go(before: readonly string[] = []): void {
    this.program("go", [
      `echo "$$" >> ${this.path("builds")}`,
      ...before,
      'while [ "$1" != "-o" ]; do shift; done',
      `printf '#!/bin/sh\\necho v${engineVersion}\\n' > "$2"`,
      'chmod +x "$2"',
    ]);
  }

  /** How many programs were built. */
  get builds(): number {
    try {
      return readFileSync(this.path("builds"), "utf8").trim().split("\n").length;
    } catch {
      return 0;
    }
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { spawn } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { installEngine } from "../../../src/engine/install-engine.ts";
import { stackFolder, stateHome } from "../../../src/state/stack-folder.ts";
import { ended, type Run, repository } from "../../e2e/project.ts";
import type { Shop } from "../shop/shop.ts";

/** Plain `pulumi` on the project of a shop, in its shell: the same settings, the same state, the same passphrase. */
export class PlainPulumi {
  readonly #shop: Shop;
  readonly #env: Readonly<Record<string, string | undefined>>;

  private constructor(shop: Shop, env: Readonly<Record<string, string | undefined>>) {
    this.#shop = shop;
    this.#env = env;
  }

  static async open(shop: Shop): Promise<PlainPulumi> {
    const engine = await installEngine({ env: process.env });
    const home = stateHome(shop.project, {});
    const { backend } = stackFolder(home, "ovh", "prod");
    mkdirSync(backend, { recursive: true, mode: 0o700 });
    return new PlainPulumi(shop, {
      ...shop.env,
      PULUMI_BACKEND_URL: pathToFileURL(backend).href,
      PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      // Its language host starts the Node of PATH.
      PATH: [dirname(engine.path), dirname(process.execPath), shop.env.PATH].join(delimiter),
    });
  }

  /** Lets the project's program find the package, which is not published. */
  installPackage(): void {
    symlinkSync(join(repository, "node_modules"), join(this.#shop.project, "node_modules"));
    writeFileSync(
      join(this.#shop.project, "program.mjs"),
      `export { default } from ${JSON.stringify(join(repository, "src", "program.ts"))};\n`,
    );
  }

  /** Runs `pulumi ARGS` to its end. */
  run(...args: readonly string[]): Promise<Run> {
    return ended(
      spawn("pulumi", [...args, "--non-interactive"], {
        cwd: this.#shop.project,
        env: this.#env,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }
}

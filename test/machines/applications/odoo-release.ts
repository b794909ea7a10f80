import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheHome } from "../../../src/os/cache-home.ts";
import { sha256 } from "../../guests/sandbox.ts";

const folder = join(import.meta.dirname, "odoo");

/**
 * Debian package of a real Odoo 19 that runs on Debian 12. Built once, in about three minutes, and kept by its recipe in the cache.
 *
 * @throws Error when the Debian archive or PyPI cannot be reached
 */
export function odooRelease(): Buffer {
  const recipe = ["build.sh", "requirements.txt"].map((name) => readFileSync(join(folder, name)));
  const home = join(cacheHome(process.env), "lor-infra/odoo-release", sha256(Buffer.concat(recipe)).slice(0, 16));
  const target = join(home, "odoo.deb");
  if (!existsSync(target)) {
    mkdirSync(home, { recursive: true });
    const work = mkdtempSync(join(home, "work-"));
    try {
      execFileSync(join(folder, "build.sh"), [work, target], { stdio: ["ignore", "ignore", "inherit"] });
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return readFileSync(target);
}

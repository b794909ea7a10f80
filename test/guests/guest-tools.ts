import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Makes sure that the programs which check the guests' files are there (cloud-init, shellcheck, nginx, PHP, rclone), from
 * Debian's packages. Quick when they are.
 *
 * @throws Error that says what is missing and why it could not be installed: without them the tests would prove nothing.
 */
export function ensureGuestTools(): void {
  const script = fileURLToPath(new URL("install-tools.sh", import.meta.url));
  const done = spawnSync("sh", [script], { encoding: "utf8", timeout: 600_000 });
  if (done.status !== 0) throw new Error(`the guests' tools are not there: ${done.stderr}${done.error?.message ?? ""}`);
}

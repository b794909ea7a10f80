import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Makes sure that the programs which check the guests' files are there (cloud-init, shellcheck, nginx, PHP, rclone), from
 * Debian's packages. Quick when they are.
 *
 * @throws Error that says what is missing and why it could not be installed: without them the tests would prove nothing.
 */
export function ensureGuestTools(): void {
  install("guests");
}

/** As `ensureGuestTools`, for the servers and clients of the managed databases. */
export function ensureDatabasePrograms(): void {
  install("databases");
}

function install(set: "guests" | "databases"): void {
  const problem = installTools(set);
  if (problem !== undefined) throw new Error(`programs of the tests are not there: ${problem}`);
}

/** Installs a set of programs where it is absent. @returns why that is not possible, or undefined */
export function installTools(set: "guests" | "databases" | "machines" | "load"): string | undefined {
  const script = fileURLToPath(new URL("install-tools.sh", import.meta.url));
  const { status, stderr, error } = spawnSync("sh", [script, set], { encoding: "utf8", timeout: 600_000 });
  return status === 0 ? undefined : `${stderr}${error?.message ?? ""}`;
}

import { fileURLToPath } from "node:url";
import type { DaemonOptions } from "./daemons.ts";
import type { Lab } from "./service.ts";

/** Debian's own: the OpenStack packages install into it, and another one may come first on PATH. */
const python = "/usr/bin/python3";

/** Path of a file that lies beside a service's TypeScript. */
export function beside(module: string, name: string): string {
  return fileURLToPath(new URL(name, module));
}

/** Starts a daemon of which Debian's library package ships the code but not the command. */
export function startModule(
  lab: Lab,
  name: string,
  module: string,
  args: readonly string[],
  options: DaemonOptions = {},
) {
  lab.daemons.start(name, python, [beside(import.meta.url, "./console_script.py"), name, module, ...args], options);
}

export function startScript(
  lab: Lab,
  name: string,
  file: string,
  args: readonly string[],
  options: DaemonOptions = {},
) {
  lab.daemons.start(name, python, [file, ...args], options);
}

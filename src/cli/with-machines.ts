import { openContext } from "../stack/open-context.ts";
import { openAccess, routesOf } from "../stack/ssh/open-access.ts";
import type { SshAccess } from "../stack/ssh/ssh-access.ts";
import type { StackContext } from "../stack/stack-context.ts";
import { loadSettings } from "./load-settings.ts";
import type { CloudOptions } from "./options.ts";

/** Options of the commands that log in to machines. */
export interface MachineOptions extends CloudOptions {
  /** Private key to log in with. */
  readonly identity?: string;
  /** Fingerprint of changed host keys that a person has compared. */
  readonly trustHostKey?: string;
}

/** Opens the access to the machines for one command. Shows nothing: the output is the machine's. */
export async function withMachines<T>(
  options: MachineOptions,
  work: (access: SshAccess, context: StackContext) => Promise<T>,
): Promise<T> {
  const project = loadSettings(options, "tell");
  // Before anything is opened: most refusals need no cloud.
  routesOf(project);
  await using context = await openContext({ project, cloud: options.cloud, env: process.env });
  const access = await openAccess(context, { identityFile: options.identity, trusted: options.trustHostKey });
  return await work(access, context);
}

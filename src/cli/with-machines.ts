import { openContext } from "../stack/open-context.ts";
import type { Patience } from "../stack/ssh/await-machine.ts";
import { openAccess, routesOf } from "../stack/ssh/open-access.ts";
import type { SshAccess } from "../stack/ssh/ssh-access.ts";
import type { StackContext } from "../stack/stack-context.ts";
import type { Project } from "../systems/load-project.ts";
import { loadSettings } from "./load-settings.ts";
import type { CloudOptions } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** Options of the commands that log in to machines. */
export interface MachineOptions extends CloudOptions {
  /** Private key to log in with. */
  readonly identity?: string;
  /** Fingerprint of changed host keys that a person has compared. */
  readonly trustHostKey?: string;
  /** Whether to wait for a machine that does not answer yet. Default: true. */
  readonly wait?: boolean;
}

/** Opens the stack of a loaded project for one command. Shows nothing: the output is the machine's. */
export async function withQuietStack<T>(
  options: CloudOptions,
  project: Project,
  work: (context: StackContext) => Promise<T>,
): Promise<T> {
  await using context = await openContext({ project, cloud: options.cloud, env: process.env });
  return await work(context);
}

/** The same with access to the machines. @param project default: loaded from the settings */
export async function withMachines<T>(
  options: MachineOptions,
  work: (access: SshAccess, context: StackContext) => Promise<T>,
  project: Project = loadSettings(options, "tell"),
): Promise<T> {
  // Before anything is opened: most refusals need no cloud.
  routesOf(project);
  return await withQuietStack(options, project, async (context) => work(await openMachines(context, options), context));
}

export function openMachines(context: StackContext, options: MachineOptions): Promise<SshAccess> {
  return openAccess(context, { identityFile: options.identity, trusted: options.trustHostKey });
}

/** The waiting for a machine that starts, told on standard error: standard output is the machine's. */
export function patienceOf(terminal: Terminal, { wait }: MachineOptions, { clock }: StackContext): Patience {
  return { clock, onWait: wait === false ? undefined : (text) => terminal.warn(text) };
}

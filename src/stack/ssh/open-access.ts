import { join } from "node:path";
import { ExitCode, LorError } from "../../core/errors.ts";
import { readRuntime } from "../../local-cloud/kernel/runtime-file.ts";
import { loopback } from "../../local-cloud/traffic/address.ts";
import type { StackFolder } from "../../state/stack-folder.ts";
import type { MachineRoutes, SystemPlan } from "../../systems/contract.ts";
import type { Project } from "../../systems/load-project.ts";
import { planProfile } from "../../systems/project-plan.ts";
import { cloudFolder } from "../cloud-connection.ts";
import { readRecorded } from "../recorded-state.ts";
import type { StackContext } from "../stack-context.ts";
import { PinnedHostKeys } from "./host-keys.ts";
import { findIdentities } from "./identities.ts";
import { SshAccess } from "./ssh-access.ts";

/** Port of every SSH server. */
const sshPort = 22;

export interface OpenAccessOptions {
  /** Private key to log in with. Default: those of the settings that are in `~/.ssh` or in the agent. */
  readonly identityFile?: string | undefined;
  /** Fingerprint of a changed host key that a person has compared. */
  readonly trusted?: string | undefined;
}

/** Folder of what OpenSSH's client needs for a stack. */
export function accessFolder({ folder }: StackFolder): string {
  return join(folder, "access");
}

/** How to reach the machines of a project. @throws LorError `not-offered`, `access-missing` */
export function routesOf(project: Project): MachineRoutes & { readonly plan: SystemPlan } {
  const plan = planProfile(project, "normal");
  const { access } = project.system.capabilities;
  const routes = access?.routes(plan);
  if (routes !== undefined) return { ...routes, plan };
  throw new LorError({
    code: "access-missing",
    message: "the settings give nobody access to the machines: they have no section `access`",
    exit: ExitCode.usage,
    culprit: "user",
    path: "access",
    accepted: "administrators, allowFrom, subnet and bastion (docs/settings.md, Access)",
    next: "lor-infra up, once the section is in Pulumi.yaml",
  });
}

/**
 * Access to the machines of a stack through its bastion.
 * @throws LorError `not-offered`, `access-missing`, `machines-simulated`, `bastion-missing`
 */
export async function openAccess(context: StackContext, options: OpenAccessOptions = {}): Promise<SshAccess> {
  const { project, folder, clients, commands } = context;
  const { plan, ...routes } = routesOf(project);
  const bastionAddress = await bastionPlace(context, routes);
  const container = project.system.configuration(plan);
  if (container === undefined) throw new Error(`the system ${project.system.id} has no container for host keys`);
  const place = accessFolder(folder);
  return new SshAccess({
    folder: place,
    routes,
    prefix: plan.prefix,
    bastion: bastionAddress,
    compute: clients.compute,
    hostKeys: new PinnedHostKeys(place, clients.containers, container),
    identities: findIdentities({ administrators: routes.administrators, env: commands.env }),
    identityFile: options.identityFile,
    trusted: options.trusted,
    env: commands.env,
    signal: context.signal,
    clock: context.clock,
  });
}

async function bastionPlace(
  context: StackContext,
  routes: MachineRoutes,
): Promise<{ readonly host: string; readonly port: number }> {
  if (context.cloud === "local") {
    const runtime = readRuntime(cloudFolder(context.folder.home));
    if (runtime?.machines !== true) throw simulated();
    return loopback(routes.bastion.address, sshPort, runtime.trafficPortOffset);
  }
  const { outputs } = await readRecorded(context);
  const host = routes.bastionAddress(outputs);
  if (host !== undefined) return { host, port: sshPort };
  throw new LorError({
    code: "bastion-missing",
    message: "the stack has no bastion yet: no run has recorded its address",
    exit: ExitCode.failed,
    culprit: "user",
    path: "access",
    next: "lor-infra up",
  });
}

function simulated(): LorError {
  return new LorError({
    code: "machines-simulated",
    message: "the local cloud simulates its machines: nothing runs on them that could be asked",
    exit: ExitCode.failed,
    culprit: "user",
    accepted: "a local cloud that boots its machines",
    next: "lor-infra cloud stop, then lor-infra cloud start --machines",
  });
}

import { type InstalledApplication, installApplication } from "../../actions/app/app-install.ts";
import { appStatus } from "../../actions/app/app-status.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { onceReachable } from "../../stack/ssh/await-machine.ts";
import { existingMachines } from "../../stack/ssh/existing-machines.ts";
import { routesOf } from "../../stack/ssh/open-access.ts";
import type { SshAccess } from "../../stack/ssh/ssh-access.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { loadSettings } from "../load-settings.ts";
import { renderAppStatus } from "../render/app-status.ts";
import type { Terminal } from "../terminal.ts";
import { type MachineOptions, patienceOf, withMachines } from "../with-machines.ts";

/** Exit 5 when one of them does not work, or could not be asked. */
export async function status(terminal: Terminal, options: MachineOptions): Promise<ExitCode> {
  const result = await withMachines(options, async (access, context) =>
    appStatus(access, await existingMachines(context), patienceOf(terminal, options, context)),
  );
  terminal.line(renderAppStatus(terminal, result));
  terminal.document({
    version: 1,
    works: result.works,
    machines: result.machines.map(({ machine, application, state, failure }) => ({
      machine,
      application,
      state: state ?? null,
      ...(failure === undefined ? {} : { failure: { code: failure.code, message: failure.message } }),
    })),
  });
  return result.works ? ExitCode.done : ExitCode.differences;
}

export async function install(
  terminal: Terminal,
  options: MachineOptions & { readonly email?: string; readonly demoProducts: boolean },
  application?: string,
): Promise<ExitCode> {
  const project = loadSettings(options, "tell");
  const { machines: routes, administratorEmail } = routesOf(project);
  const known = [...new Set(routes.flatMap((machine) => machine.application?.name ?? []))];
  if (application !== undefined && !known.includes(application)) throw unknownApplication(application, known);
  const installed: InstalledApplication[] = [];
  const work = async (access: SshAccess, context: StackContext) => {
    const machines = await existingMachines(context);
    for (const name of application === undefined ? known : [application]) {
      const [first] = machines.filter((machine) => machine.application === name);
      if (first === undefined) throw withoutMachine(name);
      const request = {
        application: name,
        machine: first.name,
        email: options.email ?? administratorEmail,
        demoProducts: options.demoProducts && name === "shop",
      };
      terminal.line(`Installing the ${name} on ${first.name}; this may take minutes.`);
      const done = await onceReachable(first.name, patienceOf(terminal, options, context), () =>
        installApplication(access, request),
      );
      installed.push(done);
      terminal.line(describe(done));
    }
  };
  await withMachines(options, work, project);
  terminal.line("Next: lor-infra app status");
  terminal.document({ version: 1, ok: true, installed });
  return ExitCode.done;
}

function describe({ application, machine, already, version, passwordFile }: InstalledApplication): string {
  const what = version === undefined ? `The ${application}` : `The ${application} ${version}`;
  if (already) return `${what} was installed already.`;
  if (passwordFile === undefined) return `${what} is installed.`;
  return `${what} is installed. The first administrator's password is on ${machine} in ${passwordFile}, for root alone.`;
}

function unknownApplication(seen: string, known: readonly string[]): LorError {
  return new LorError({
    code: "app-unknown",
    message: `the system has no application ${seen}`,
    exit: ExitCode.usage,
    culprit: "user",
    seen,
    accepted: known.join(", "),
    next: "lor-infra app status",
  });
}

function withoutMachine(application: string): LorError {
  return new LorError({
    code: "machine-missing",
    message: `no machine of the ${application} exists in the cloud`,
    exit: ExitCode.failed,
    culprit: "user",
    next: "lor-infra up",
  });
}

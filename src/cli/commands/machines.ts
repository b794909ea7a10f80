import { readFileSync } from "node:fs";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { finished } from "node:stream/promises";
import { applicationCommand } from "../../actions/machines/application-command.ts";
import { journalCommand, journalEnd, sinceMoment } from "../../actions/machines/journal-command.ts";
import { parseCopy } from "../../actions/machines/parse-copy.ts";
import { linesOnly, outsideSessions } from "../../actions/machines/session-lines.ts";
import { storedLogs } from "../../actions/machines/stored-logs.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { systemClock } from "../../os/host.ts";
import { shellWords } from "../../os/shell-words.ts";
import type { MachineAnswer } from "../../remote/machine-access.ts";
import type { SshStreams } from "../../remote/ssh-client.ts";
import { onceReachable, type Patience } from "../../stack/ssh/await-machine.ts";
import { existingMachines } from "../../stack/ssh/existing-machines.ts";
import { accessFolder, routesOf } from "../../stack/ssh/open-access.ts";
import { requireMachine } from "../../stack/ssh/require-machine.ts";
import { SessionLog } from "../../stack/ssh/session-log.ts";
import type { SshAccess } from "../../stack/ssh/ssh-access.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { stackFolder, stateHome } from "../../state/stack-folder.ts";
import type { Project } from "../../systems/load-project.ts";
import { planProfile } from "../../systems/project-plan.ts";
import { loadSettings } from "../load-settings.ts";
import type { Terminal } from "../terminal.ts";
import { type MachineOptions, openMachines, patienceOf, withMachines, withQuietStack } from "../with-machines.ts";

/** Limit of a command whose answer is a document, in milliseconds. */
const longest = 3_600_000;

/** Refusals that say that a machine cannot be asked. */
const unreachable: readonly string[] = [
  "access-missing",
  "bastion-missing",
  "bastion-unreachable",
  "bastion-without-shell",
  "connection-lost",
  "host-key-unknown",
  "machine-missing",
  "machine-unknown",
  "machine-unreachable",
  "machines-simulated",
];

interface LogsOptions extends MachineOptions {
  readonly since: string;
  readonly grep?: string;
  readonly follow: boolean;
  readonly stored: boolean;
  readonly sessions: boolean;
}

const own: SshStreams = { input: "inherit", output: "inherit", errors: "inherit" };

export async function ssh(
  terminal: Terminal,
  options: MachineOptions & { readonly printConfig: boolean },
  ...given: readonly unknown[]
): Promise<number> {
  const [machine, command] = given as readonly [string | undefined, readonly string[]];
  if (machine !== undefined && command.length > 0) throw withCommand(machine, command);
  if (options.printConfig) return await printConfig(terminal, options, machine);
  if (machine === undefined) throw withoutMachine("lor-infra ssh ps-0");
  return await withMachines(options, async (access, context) => {
    const code = await onceReachable(machine, patienceOf(terminal, options, context), () =>
      leavingCtrlC(() => access.ssh(machine, [], [], own)),
    );
    terminal.document({ version: 1, machine, code });
    return code;
  });
}

async function printConfig(terminal: Terminal, options: MachineOptions, machine: string | undefined): Promise<number> {
  const project = loadSettings(options, "tell");
  const routes = routesOf(project);
  const work = (access: SshAccess) => access.prepare(machine === undefined ? [] : [requireMachine(routes, machine)]);
  const file = await withMachines(options, work, project);
  terminal.line(readFileSync(file, "utf8").trimEnd());
  terminal.line();
  terminal.line(`# ${shellWords(["ssh", "-F", file, machine ?? routes.machines[0]?.name ?? routes.bastion.name])}`);
  terminal.document({ version: 1, ok: true, file });
  return ExitCode.done;
}

export async function run(
  terminal: Terminal,
  options: MachineOptions & { readonly allFronts: boolean },
  ...given: readonly unknown[]
): Promise<number> {
  const words = (given[0] ?? []) as readonly string[];
  const project = loadSettings(options, "tell");
  const routes = routesOf(project);
  const isFront = (name: string) => project.system.capabilities.access?.isMember(name) === true;
  const [machine, ...rest] = words;
  const command = options.allFronts ? words : rest;
  const example = "lor-infra run ps-0 -- php bin/console cache:clear";
  if (machine === undefined) throw withoutMachine(example);
  if (!options.allFronts) requireMachine(routes, machine);
  if (command.length === 0) throw withoutCommand(machine, example);
  const work = async (access: SshAccess, context: StackContext) => {
    const names = options.allFronts
      ? (await existingMachines(context)).map(({ name }) => name).filter(isFront)
      : [machine];
    const answers: (MachineAnswer & { readonly machine: string })[] = [];
    for (const name of names) {
      const words = applicationCommand(requireMachine(routes, name), command);
      const reach = <T>(ask: () => Promise<T>) => onceReachable(name, patienceOf(terminal, options, context), ask);
      if (terminal.json) {
        const answer = await reach(() => access.run(name, words, { limit: longest }));
        answers.push({ machine: name, ...answer });
        continue;
      }
      if (options.allFronts) terminal.warn(`${name}:`);
      // Several machines cannot share one input.
      const streams: SshStreams = options.allFronts ? { ...own, input: "none" } : own;
      const code = await reach(() =>
        leavingCtrlC(() => access.ssh(name, ["-T"], words, { ...streams, noted: command })),
      );
      answers.push({ machine: name, code, stdout: "", stderr: "" });
    }
    terminal.document({ version: 1, answers });
    return Math.max(ExitCode.done, ...answers.map(({ code }) => code));
  };
  return await withMachines(options, work, project);
}

export async function copy(terminal: Terminal, options: MachineOptions, from: string, to: string): Promise<number> {
  const project = loadSettings(options, "tell");
  const { machine, source, target } = parseCopy(routesOf(project), from, to);
  const work = async (access: SshAccess, context: StackContext) => {
    const code = await onceReachable(machine, patienceOf(terminal, options, context), () =>
      leavingCtrlC(() => access.copy(machine, source, target, own)),
    );
    terminal.document({ version: 1, machine, code });
    // scp ends with 255 also where it only finds no such file here.
    return code === 0 ? ExitCode.done : ExitCode.failed;
  };
  return await withMachines(options, work, project);
}

export async function logs(terminal: Terminal, options: LogsOptions, machine?: string): Promise<number> {
  const project = loadSettings(options, "tell");
  if (machine === undefined) {
    if (!options.sessions) throw withoutMachine("lor-infra logs ps-0 --since 1h");
    return showSessions(terminal, options, project);
  }
  const now = systemClock.now();
  const since = sinceMoment(options.since, now);
  const plan = planProfile(project, "normal");
  const container =
    project.system.capabilities.access?.storesLogs(plan) === true ? project.system.configuration(plan) : undefined;
  if (options.stored && container === undefined) throw notStored(machine);
  if (container === undefined) requireMachine(routesOf(project), machine);
  return await withQuietStack(options, project, async (context) => {
    let why = "as asked";
    if (!options.stored) {
      try {
        requireMachine(routesOf(project), machine);
        const access = await openMachines(context, options);
        // What is stored is there at once.
        const patience = patienceOf(
          terminal,
          { ...options, wait: options.wait !== false && container === undefined },
          context,
        );
        return await machineLogs({ terminal, access, patience, machine, options, now });
      } catch (error) {
        if (!(error instanceof LorError) || !unreachable.includes(error.code)) throw error;
        if (container === undefined) throw error.adding(notStored(machine).message);
        why = error.message;
      }
    }
    if (container === undefined) throw notStored(machine);
    const { grep, sessions } = options;
    const { lines, newest } = await storedLogs(context.clients.containers, container, {
      machine,
      since,
      grep,
      sessions,
    });
    if (newest === undefined) refuseUnknown(project, machine);
    terminal.warn(
      `Source: the object storage, ${newest === undefined ? "which has no line" : `whose newest line is of ${newest}`} (${why}).`,
    );
    for (const { at, identifier, process, message } of terminal.json ? [] : lines) {
      terminal.print(`${at} ${machine} ${identifier}${process === "" ? "" : `[${process}]`}: ${message}\n`);
    }
    terminal.document({ version: 1, machine, source: "object-storage", why, newest, lines });
    return ExitCode.done;
  });
}

interface MachineLogsArgs {
  readonly terminal: Terminal;
  readonly access: SshAccess;
  readonly patience: Patience;
  readonly machine: string;
  readonly options: LogsOptions;
  readonly now: Date;
}

async function machineLogs({ terminal, access, patience, machine, options, now }: MachineLogsArgs): Promise<number> {
  const command = journalCommand({ ...options, now });
  if (terminal.json) {
    const { code, stdout, stderr } = await onceReachable(machine, patience, () =>
      access.run(machine, command, { limit: longest }),
    );
    const end = journalEnd(code, options.grep, stderr);
    const all = stdout.split("\n").filter((line) => line !== "");
    const lines = options.sessions ? all : all.filter(outsideSessions());
    terminal.document({ version: 1, machine, source: "machine", lines, code: end, stderr });
    return end;
  }
  const output = options.sessions ? "inherit" : linesOnly(outsideSessions(), (lines) => terminal.print(lines));
  const errors = new PassThrough();
  const said = text(errors);
  const code = await onceReachable(machine, patience, () =>
    leavingCtrlC(() => access.ssh(machine, ["-T"], command, { input: "none", output, errors })),
  );
  if (output !== "inherit") await finished(output.end());
  errors.end();
  const stderr = await said;
  const end = journalEnd(code, options.grep, stderr);
  process.stderr.write(stderr);
  terminal.warn(`Source: the journal of ${machine}${options.sessions ? "" : ", without sessions"}.`);
  return end;
}

/**
 * Refuses a name that no machine of the settings has, once nothing was found under it: a machine of earlier settings may have left its journal.
 * Settings without access name no machines.
 * @throws LorError `machine-unknown`
 */
function refuseUnknown(project: Project, machine: string): void {
  if (project.system.capabilities.access?.routes(planProfile(project, "normal")) === undefined) return;
  requireMachine(routesOf(project), machine);
}

/** An administrator's own playbooks run by an administrator's own Ansible. */
export async function inventory(terminal: Terminal, options: MachineOptions): Promise<number> {
  return await withMachines(options, async (access) => {
    const { file, text, sshConfig, machines, unknown } = await access.writeInventory();
    for (const { message } of unknown) terminal.warn(`Cannot be reached yet: ${message}.`);
    terminal.line(text.trimEnd());
    terminal.line();
    terminal.line(`# ${shellWords(["ansible-playbook", "-i", file, "PLAYBOOK.yml"])}`);
    terminal.document({ version: 1, file, sshConfig, machines, unreachable: unknown.map(({ message }) => message) });
    return ExitCode.done;
  });
}

/** Sessions that were opened from here; those of others are in the machines' journals. */
function showSessions(terminal: Terminal, options: MachineOptions, project: Project): number {
  const folder = stackFolder(stateHome(project.dir, process.env), options.cloud, project.stack);
  const sessions = new SessionLog(accessFolder(folder)).read();
  for (const { at, who, machine, command } of sessions) {
    terminal.line([at, who, machine, command ?? "(login)"].join("  "));
  }
  terminal.document({ version: 1, sessions });
  return ExitCode.done;
}

/** Ctrl-C is for the program on the machine; OpenSSH's client ends by itself. Before it is connected, Ctrl-C ends the waiting. */
async function leavingCtrlC<T>(work: () => Promise<T>): Promise<T> {
  let stopped = false;
  const stop = () => {
    stopped = true;
  };
  process.on("SIGINT", stop);
  try {
    return await work();
  } catch (error) {
    if (stopped && error instanceof LorError) throw interrupted(error);
    throw error;
  } finally {
    process.off("SIGINT", stop);
  }
}

function withoutMachine(example: string): LorError {
  return new LorError({
    code: "machine-unknown",
    message: "no machine is named",
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "the name of a machine, such as ps-0",
    next: example,
  });
}

function interrupted(cause: LorError): LorError {
  return new LorError({
    code: "cancelled",
    message: `stopped before the machine was reached: ${cause.message}`,
    exit: ExitCode.failed,
    culprit: "user",
    next: "the same command again",
    cause,
  });
}

function withCommand(machine: string, command: readonly string[]): LorError {
  return new LorError({
    code: "command-unexpected",
    message: `a login to ${machine} takes no command`,
    exit: ExitCode.usage,
    culprit: "user",
    seen: shellWords(command),
    accepted: "the name of the machine alone; `run` runs a command, in the folder of the machine's application",
    next: `lor-infra run ${machine} -- ${shellWords(command)}`,
  });
}

function withoutCommand(machine: string, example: string): LorError {
  return new LorError({
    code: "command-missing",
    message: `no command for ${machine} is given`,
    exit: ExitCode.usage,
    culprit: "user",
    accepted: "the command after --",
    next: example,
  });
}

function notStored(machine: string): LorError {
  return new LorError({
    code: "logs-not-stored",
    message: `the journal of ${machine} is not in the object storage: the settings have no section \`logs\` with it as target`,
    exit: ExitCode.failed,
    culprit: "user",
    path: "logs",
    accepted: "logs: { value: { target: object-storage } }",
    next: `lor-infra logs ${machine} --since 1h`,
  });
}

import { readFileSync } from "node:fs";
import { applicationCommand } from "../../actions/machines/application-command.ts";
import { journalCommand } from "../../actions/machines/journal-command.ts";
import { parseCopy } from "../../actions/machines/parse-copy.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import type { MachineAnswer } from "../../stack/machine-access.ts";
import { existingMachines } from "../../stack/ssh/existing-machines.ts";
import { accessFolder, routesOf } from "../../stack/ssh/open-access.ts";
import { requireMachine } from "../../stack/ssh/require-machine.ts";
import { SessionLog } from "../../stack/ssh/session-log.ts";
import { shellWords } from "../../stack/ssh/shell-words.ts";
import type { SshStreams } from "../../stack/ssh/ssh-client.ts";
import { stackFolder, stateHome } from "../../state/stack-folder.ts";
import { loadSettings } from "../load-settings.ts";
import type { Terminal } from "../terminal.ts";
import { type MachineOptions, withMachines } from "../with-machines.ts";

/** Limit of a command whose answer is a document, in milliseconds. */
const longest = 3_600_000;

const own: SshStreams = { input: "inherit", output: "inherit", errors: "inherit" };

export async function ssh(
  terminal: Terminal,
  options: MachineOptions & { readonly printConfig: boolean },
  machine?: string,
): Promise<number> {
  if (options.printConfig) return await printConfig(terminal, options, machine);
  if (machine === undefined) throw withoutMachine("lor-infra ssh ps-0");
  return await withMachines(options, async (access) => {
    const code = await patiently(() => access.ssh(machine, [], [], own));
    terminal.document({ version: 1, machine, code });
    return code;
  });
}

async function printConfig(terminal: Terminal, options: MachineOptions, machine: string | undefined): Promise<number> {
  const routes = routesOf(loadSettings(options, "tell"));
  const file = await withMachines(options, (access) =>
    access.prepare(machine === undefined ? [] : [requireMachine(routes, machine)]),
  );
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
  return await withMachines(options, async (access, context) => {
    const names = options.allFronts
      ? (await existingMachines(context)).map(({ name }) => name).filter(isFront)
      : [machine];
    const answers: (MachineAnswer & { readonly machine: string })[] = [];
    for (const name of names) {
      const words = applicationCommand(requireMachine(routes, name), command);
      if (terminal.json) {
        answers.push({ machine: name, ...(await access.run(name, words, { limit: longest })) });
        continue;
      }
      if (options.allFronts) terminal.warn(`${name}:`);
      // Several machines cannot share one input.
      const streams: SshStreams = options.allFronts ? { ...own, input: "none" } : own;
      const code = await patiently(() => access.ssh(name, ["-T"], words, streams));
      answers.push({ machine: name, code, stdout: "", stderr: "" });
    }
    terminal.document({ version: 1, answers });
    return Math.max(ExitCode.done, ...answers.map(({ code }) => code));
  });
}

export async function copy(terminal: Terminal, options: MachineOptions, from: string, to: string): Promise<number> {
  const routes = routesOf(loadSettings(options, "tell"));
  const { machine, source, target } = parseCopy(routes, from, to);
  return await withMachines(options, async (access) => {
    const code = await patiently(() => access.copy(machine, source, target, own));
    terminal.document({ version: 1, machine, code });
    return code;
  });
}

export async function logs(
  terminal: Terminal,
  options: MachineOptions & {
    readonly since: string;
    readonly grep?: string;
    readonly follow: boolean;
    readonly sessions: boolean;
  },
  machine?: string,
): Promise<number> {
  const routes = routesOf(loadSettings(options, "tell"));
  if (machine === undefined) {
    if (!options.sessions) throw withoutMachine("lor-infra logs ps-0 --since 1h");
    return showSessions(terminal, options);
  }
  requireMachine(routes, machine);
  const command = journalCommand({ ...options, now: new Date() });
  return await withMachines(options, async (access) => {
    if (!terminal.json) return await patiently(() => access.ssh(machine, ["-T"], command, { ...own, input: "none" }));
    const { code, stdout, stderr } = await access.run(machine, command, { limit: longest });
    terminal.document({ version: 1, machine, lines: stdout.split("\n").filter((line) => line !== ""), code, stderr });
    return code;
  });
}

/** Sessions that were opened from here; those of others are in the machines' journals. */
function showSessions(terminal: Terminal, options: MachineOptions): number {
  const project = loadSettings(options, "tell");
  const folder = stackFolder(stateHome(project.dir, process.env), options.cloud, project.stack);
  const sessions = new SessionLog(accessFolder(folder)).read();
  for (const { at, who, machine, command } of sessions) {
    terminal.line([at, who, machine, command ?? "(login)"].join("  "));
  }
  terminal.document({ version: 1, sessions });
  return ExitCode.done;
}

/** Ctrl-C is for the program on the machine; OpenSSH's client ends by itself. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  const ignore = () => undefined;
  process.on("SIGINT", ignore);
  try {
    return await work();
  } finally {
    process.off("SIGINT", ignore);
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

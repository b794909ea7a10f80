import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { finished } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { ExitCode, LorError } from "../core/errors.ts";
import type { Environment } from "../engine/program-cache.ts";
import { SecretScrubber } from "../engine/secret-scrubber.ts";
import { renderInventory, secretVariable } from "../machines/inventory.ts";
import { type CommandRunner, commandRunner } from "../os/command-runner.ts";
import { shellWords } from "../os/shell-words.ts";
import { pinnedSshOptions } from "../remote/pinned-ssh.ts";
import { parseEvent } from "./ansible-events.ts";
import {
  type ConfigureMachines,
  type ConfigureRequest,
  type ConfigureResult,
  HostResults,
} from "./configure-machines.ts";
import { type InstalledAnsible, installAnsible } from "./install-ansible.ts";
import { WholeLines } from "./whole-lines.ts";

export interface RunAnsibleArgs {
  /** Environment of the user. */
  readonly env: Environment;
  /** Progress message to display while Ansible is installed. */
  readonly onProgress?: (text: string) => void;
  /** Default: the operating system's. */
  readonly runner?: CommandRunner;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const machines = fileURLToPath(new URL("../machines", import.meta.url));
const defaultPlaybook = join(machines, "playbook.yml");
const recordPlaybook = join(here, "record-manifest.yml");

const defaultTimeLimit = 60 * 60 * 1000;
const defaultForks = 10;
/** Lines of Ansible's output that explain why it did not begin. */
const keptLines = 12;

/** Runs Ansible in the virtual environment of this project. */
export function runAnsible({ env, onProgress, runner = commandRunner }: RunAnsibleArgs): ConfigureMachines {
  return {
    configure: async (request) => {
      requireUsableSecrets(request.secrets ?? {});
      const signal = request.signal === undefined ? {} : { signal: request.signal };
      const ansible = await installAnsible({ env, ...(onProgress === undefined ? {} : { onProgress }), ...signal });
      // Short, because the path of a UNIX socket has at most 108 bytes.
      const folder = mkdtempSync(join(tmpdir(), "lor-ansible-"));
      try {
        return await run(request, ansible, prepare(folder, request), { env, runner, folder });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
  };
}

interface Prepared {
  readonly inventory: string;
  readonly variables: string;
}

/** Writes the files of a run, none of which holds a secret. */
function prepare(folder: string, request: ConfigureRequest): Prepared {
  const write = (name: string, text: string, mode = 0o600) => {
    writeFileSync(join(folder, name), text, { mode });
    return join(folder, name);
  };
  for (const name of ["managed", "sockets", "temporary"]) mkdirSync(join(folder, name), { mode: 0o700 });
  const given = request.inventory;
  const rendered = "machines" in given ? renderInventory(given.machines, given.variables) : undefined;
  const inventory = "path" in given ? given.path : write("inventory.yml", rendered?.inventory ?? "");
  const knownHosts = "path" in given ? given.knownHosts : write("known_hosts", rendered?.knownHosts ?? "");
  const variables = {
    // Extra variables win over every inventory: no host can switch the check of its key off, and files take the same connection.
    ansible_ssh_executable: write("ssh", sshWrapper(knownHosts, request), 0o700),
    ansible_ssh_transfer_method: "piped",
    ansible_host_key_checking: true,
    ansible_ssh_host_key_checking: true,
    lor_roles: join(machines, "roles"),
    lor_machine_files: join(machines, "machine"),
    lor_managed: join(folder, "managed"),
    lor_source: basename(request.playbook ?? defaultPlaybook).replace(/\.ya?ml$/, ""),
  };
  return { inventory, variables: write("variables.json", JSON.stringify(variables)) };
}

function sshWrapper(knownHosts: string, { sshConfig, identityFile }: ConfigureRequest): string {
  const options = pinnedSshOptions({ knownHosts, sshConfig, identityFile });
  return `#!/bin/sh\nexec ssh ${shellWords(options)} "$@"\n`;
}

async function run(
  request: ConfigureRequest,
  ansible: InstalledAnsible,
  prepared: Prepared,
  { env, runner, folder }: { readonly env: Environment; readonly runner: CommandRunner; readonly folder: string },
): Promise<ConfigureResult> {
  const { mode, playbook = defaultPlaybook, limit, forks = defaultForks, signal } = request;
  const scrubber = new SecretScrubber(Object.values(request.secrets ?? {}));
  const results = new HostResults();
  const last: string[] = [];
  const output = new WholeLines((text) => {
    const line = scrubber.scrub(text);
    request.output?.write(`${line}\n`);
    if (line.trim() !== "") last.push(line);
    last.splice(0, last.length - keptLines);
  });
  const events = new WholeLines((line) => {
    const event = parseEvent(line, (text) => scrubber.scrub(text));
    results.accept(event);
    request.onEvent?.(event);
  });
  const end = await runner.run({
    command: [
      ansible.python,
      // Without -P, a folder `ansible` beside the playbook would be taken for Ansible itself.
      ...["-P", "-m", "ansible", "playbook", "--inventory", prepared.inventory],
      ...["--extra-vars", `@${prepared.variables}`, "--forks", String(forks)],
      ...(limit === undefined ? [] : ["--limit", limit.join(",")]),
      ...(mode === "preview" ? ["--check", "--diff", playbook] : ["--diff", playbook, recordPlaybook]),
    ],
    folder: dirname(playbook),
    env: environment(request, ansible, folder, env),
    limit: request.timeLimit ?? defaultTimeLimit,
    output,
    events,
    signal,
  });
  await Promise.all([output, events].map((stream) => finished(stream.end())));
  if (end.kind === "stopped") throw stopped(mode);
  if (end.kind === "not-started") throw notRun(playbook, end.reason);
  if (!results.begun && end.kind !== "too-long") throw notRun(playbook, last.join("\n"));
  return { mode, end: end.kind === "too-long" ? "too-long" : "complete", hosts: results.hosts() };
}

function environment(
  { secrets = {}, transport = "mitogen", stopAtFirstFailure = false }: ConfigureRequest,
  ansible: InstalledAnsible,
  folder: string,
  env: Environment,
): Record<string, string> {
  const { PYTHONPATH: _path, PYTHONHOME: _home, ...rest } = env;
  const callbacks = ["lor_events", ...(env.ANSIBLE_CALLBACKS_ENABLED ?? "").split(",")].filter(Boolean);
  const plugins = [join(here, "plugins", "callback"), ...(env.ANSIBLE_CALLBACK_PLUGINS ?? "").split(":")].filter(
    Boolean,
  );
  const own: Record<string, string> = {
    LC_ALL: "C.UTF-8",
    // Nothing is written beside the plugin, which may lie in a repository.
    PYTHONDONTWRITEBYTECODE: "1",
    LOR_MANAGED: join(folder, "managed"),
    ANSIBLE_NOCOLOR: "1",
    ANSIBLE_CALLBACKS_ENABLED: callbacks.join(","),
    ANSIBLE_CALLBACK_PLUGINS: plugins.join(":"),
    ANSIBLE_HOST_KEY_CHECKING: "True",
    ANSIBLE_PIPELINING: "True",
    // Seconds until a connection must be established: a busy machine answers late.
    ANSIBLE_TIMEOUT: "30",
    ANSIBLE_SSH_ARGS: "-o ControlMaster=auto -o ControlPersist=20s",
    ANSIBLE_SSH_CONTROL_PATH_DIR: join(folder, "sockets"),
    ANSIBLE_LOCAL_TEMP: join(folder, "temporary"),
    ANSIBLE_RETRY_FILES_ENABLED: "False",
    // A module would write its arguments to the machine's journal, and a cache would write facts to this computer's disk.
    ANSIBLE_NO_TARGET_SYSLOG: "True",
    ANSIBLE_CACHE_PLUGIN: "memory",
    ANSIBLE_ANY_ERRORS_FATAL: stopAtFirstFailure ? "True" : "False",
    ...(transport === "mitogen"
      ? { ANSIBLE_STRATEGY_PLUGINS: ansible.strategies, ANSIBLE_STRATEGY: "mitogen_linear" }
      : { ANSIBLE_STRATEGY: "linear" }),
  };
  const values = Object.entries(secrets).map(([name, value]) => [secretVariable(name), value]);
  const defined = Object.entries(rest).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return Object.fromEntries([...defined, ...Object.entries(own), ...values]);
}

function requireUsableSecrets(secrets: Readonly<Record<string, string>>): void {
  const wrong = Object.entries(secrets).find(([name, value]) => !/^[A-Za-z_]\w*$/.test(name) || value.includes("\0"));
  if (wrong === undefined) return;
  throw new LorError({
    code: "secret-not-usable",
    message: `the secret ${wrong[0]} cannot be passed to Ansible as an environment variable`,
    exit: ExitCode.usage,
    culprit: "user",
    path: wrong[0],
    accepted: "a name of letters, digits and _, and a value without a zero byte",
  });
}

function stopped(mode: ConfigureRequest["mode"]): LorError {
  return new LorError({
    code: "cancelled",
    message:
      mode === "preview"
        ? "the preview was stopped on request; it changes nothing"
        : "the run was stopped on request; some machines may be partly configured",
    exit: ExitCode.failed,
    culprit: "user",
    next: "the same command again: what is already configured stays as it is",
  });
}

function notRun(playbook: string, reason: string): LorError {
  return new LorError({
    code: "playbook-not-run",
    message: `Ansible ended before it reached a machine: ${reason}`,
    exit: ExitCode.failed,
    culprit: "user",
    path: playbook,
    next: "correct the playbook or the inventory, then the same command again",
  });
}

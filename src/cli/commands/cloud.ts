import { statSync } from "node:fs";
import { cloudEnvironment, shellExports } from "../../actions/cloud/cloud-env.ts";
import { clearFaults, listFaults, orderFault } from "../../actions/cloud/cloud-fault.ts";
import { cloudJournal as readJournal } from "../../actions/cloud/cloud-journal.ts";
import { resetCloud } from "../../actions/cloud/cloud-reset.ts";
import { liftRestrictions, listRestrictions, restrictCloud } from "../../actions/cloud/cloud-restrict.ts";
import { cloudStatus as readStatus } from "../../actions/cloud/cloud-status.ts";
import { stopCloud } from "../../actions/cloud/cloud-stop.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { type CloudStatus, ControlClient } from "../../local-cloud/http/control-client.ts";
import type { FaultEffect } from "../../local-cloud/kernel/faults.ts";
import type { MachineReport } from "../../local-cloud/machines/machine-report.ts";
import { ovhEnvironment } from "../../local-cloud/ovhcloud/client-environment.ts";
import { cloudFolder } from "../../stack/cloud-connection.ts";
import { openContext, openProjectState } from "../../stack/open-context.ts";
import { startCloud } from "../../stack/start-local-cloud.ts";
import { stackFolder, stateHome } from "../../state/stack-folder.ts";
import type { StackState } from "../../state/stack-state.ts";
import { requireReadable } from "../../state/state-copies.ts";

import type { Project } from "../../systems/load-project.ts";
import { regionOf } from "../../systems/project-plan.ts";
import { askYes } from "../ask.ts";
import { loadSettings } from "../load-settings.ts";
import { obtainEngine } from "../obtain-engine.ts";
import type { SettingsOptions } from "../options.ts";
import { renderTable } from "../render/table.ts";
import type { Terminal } from "../terminal.ts";

export async function cloudStart(
  terminal: Terminal,
  options: SettingsOptions & {
    readonly realtime: boolean;
    readonly machines: boolean;
    readonly releases?: string;
    readonly printOvhEndpoint: boolean;
  },
): Promise<ExitCode> {
  requireReleases(options);
  const home = stateHome(options.settings, process.env);
  const { runtime, started } = await startCloud({
    home,
    env: process.env,
    // `eval` reads standard output then.
    onProgress: (text) => (options.printOvhEndpoint ? terminal.warn(text) : terminal.line(text)),
    ...(options.realtime ? { scale: 1 } : {}),
    ...(options.machines ? { machines: { releases: options.releases } } : {}),
  });
  if (options.printOvhEndpoint) {
    const { projectId } = await new ControlClient(runtime).credentials();
    const variables = ovhEnvironment({ folder: cloudFolder(home), runtime, projectId });
    if (terminal.json) terminal.document({ version: 1, ...variables });
    else terminal.print(shellExports(variables.bearer));
    return ExitCode.done;
  }
  terminal.line(
    `The local cloud ${started ? "runs now" : "runs already"}${runtime.machines === true ? " with machines that boot" : ""} (process ${runtime.pid}, ${runtime.httpUrl}).`,
  );
  terminal.line(`Next: lor-infra up, or eval "$(npx lor-infra cloud env)" for plain pulumi.`);
  terminal.document({
    version: 1,
    running: true,
    started,
    pid: runtime.pid,
    httpUrl: runtime.httpUrl,
    providers: runtime.providers,
    machines: runtime.machines === true,
  });
  return ExitCode.done;
}

/** @throws LorError `releases-unusable` */
function requireReleases({ releases, machines }: { readonly releases?: string; readonly machines: boolean }): void {
  if (releases === undefined) return;
  const isFolder = statSync(releases, { throwIfNoEntry: false })?.isDirectory() === true;
  if (machines && isFolder) return;
  throw new LorError({
    code: "releases-unusable",
    message: machines ? `there is no folder ${releases}` : "only machines that boot take releases",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--releases",
    seen: releases,
    accepted: "with --machines, a folder of release archives, each at HOST/PATH of its address",
    next: `${machines ? `mkdir -p ${releases}, then ` : ""}lor-infra cloud start --machines --releases ${releases}`,
  });
}

export async function cloudStop(terminal: Terminal, options: SettingsOptions): Promise<ExitCode> {
  const stopped = await stopCloud(stateHome(options.settings, process.env));
  terminal.line(stopped ? "The local cloud is stopped; what it holds stays." : "No local cloud was running.");
  terminal.document({ version: 1, running: false, stopped });
  return ExitCode.done;
}

export async function cloudStatus(terminal: Terminal, options: SettingsOptions): Promise<ExitCode> {
  const report = await readStatus(stateHome(options.settings, process.env));
  terminal.document({ version: 1, ...report });
  if (!report.running && report.unreachable !== undefined) {
    const { pid, httpUrl } = report.unreachable;
    terminal.line(
      `The local cloud (process ${pid}, ${httpUrl}) cannot be reached from here: it runs in another container or network.`,
    );
    terminal.line("Next: use it there, or lor-infra cloud stop");
    return ExitCode.done;
  }
  if (!report.running) {
    terminal.line(`No local cloud runs in ${report.folder}. Next: lor-infra cloud start`);
    if (report.lastWords !== undefined) {
      terminal.line("Nobody stopped the last one: it was killed, or ended by itself. What it holds stays.");
      for (const line of report.lastWords.split("\n").filter(Boolean)) terminal.line(`  log       ${line}`);
    }
    return ExitCode.done;
  }
  const { status } = report;
  const { servers, loadBalancers, databases, buckets } = status.resources;
  terminal.line(`The local cloud runs (process ${report.pid}, ${report.httpUrl}), time 1:${status.scale}.`);
  terminal.line(
    `  holds     ${servers} servers, ${loadBalancers} load balancers, ${databases} databases, ${buckets} buckets`,
  );
  terminal.line(
    `  providers ${Object.entries(report.providers)
      .map(([name, port]) => `${name} on port ${port}`)
      .join(", ")}`,
  );
  terminal.line(`  faults    ${status.faults} ordered, ${status.held} calls held`);
  for (const line of renderMachines(status)) terminal.line(line);
  for (const problem of status.trafficProblems) terminal.line(`  traffic   ${problem}`);
  return ExitCode.done;
}

function renderMachines({ machines, releases }: CloudStatus): readonly string[] {
  if (machines === undefined) return ["  machines  modelled: none of them boots"];
  const from = `with releases from ${releases}`;
  if (machines.length === 0) return [`  machines  boot, ${from}; none was started yet`];
  return [`  machines  boot, ${from}`, ...machines.map((machine) => `  machine   ${renderMachine(machine)}`)];
}

function renderMachine({ server, since, problem, memoryMebibytes, consoleFile }: MachineReport): string {
  const state = since === undefined ? "off" : `runs since ${since.slice(0, 19)}Z, ${memoryMebibytes} MiB`;
  return `${server} ${state}${problem === undefined ? "" : `; ${problem} (console: ${consoleFile})`}`;
}

export async function cloudEnv(terminal: Terminal, options: SettingsOptions): Promise<ExitCode> {
  const project = loadSettings(options);
  const home = stateHome(options.settings, process.env);
  // Only shell lines may be written to standard output here: `eval` reads it.
  const engine = await obtainEngine((text) => terminal.warn(text));
  const { runtime } = await startCloud({ home, env: process.env });
  const state = await openProjectState(project, stackFolder(home, "local", project.stack), process.env);
  await createStack(project, state);
  const variables = cloudEnvironment({
    home,
    state,
    runtime,
    engine: engine.path,
    node: process.execPath,
    env: process.env,
  });
  if (terminal.json) terminal.document({ version: 1, variables });
  else terminal.print(shellExports(variables));
  return ExitCode.done;
}

/** Creates the stack in advance, because plain `pulumi stack init` would write a settings file of its own. */
async function createStack(project: Project, state: StackState): Promise<void> {
  if ((await requireReadable(state)).kind === "readable") return;
  await using context = await openContext({ project, cloud: "local", env: process.env, operation: "cloud env" });
  await context.engine.outputs();
}

export async function cloudReset(
  terminal: Terminal,
  options: SettingsOptions & { readonly yes: boolean },
): Promise<ExitCode> {
  if (!options.yes && !(await askYes(terminal, "Empty the local cloud: every server, database and bucket in it?"))) {
    terminal.line("Nothing was changed.");
    return ExitCode.failed;
  }
  await resetCloud(stateHome(options.settings, process.env));
  terminal.line("The local cloud is empty. A stack made on it is made again by lor-infra up.");
  terminal.document({ version: 1, reset: true });
  return ExitCode.done;
}

export async function cloudJournal(
  terminal: Terminal,
  options: SettingsOptions & { readonly last: number },
): Promise<ExitCode> {
  const entries = await readJournal(stateHome(options.settings, process.env), { limit: options.last });
  terminal.document({ version: 1, entries });
  terminal.line(
    renderTable(
      terminal,
      ["#", "at", "API", "service", "operation", "what", "outcome"],
      entries.map((entry) => [
        String(entry.seq),
        new Date(entry.at).toISOString(),
        entry.api,
        entry.service,
        entry.operation,
        [entry.type, entry.name].filter((part) => part !== undefined && part !== null).join(" "),
        entry.outcome,
      ]),
      [0],
    ),
  );
  return ExitCode.done;
}

interface FaultOptions extends SettingsOptions {
  readonly effect?: FaultEffect["kind"];
  readonly type?: string;
  readonly operation?: string;
  readonly name?: string;
  readonly seconds?: number;
  readonly times: number;
  readonly clear: boolean;
}

export async function cloudFault(terminal: Terminal, options: FaultOptions): Promise<ExitCode> {
  const home = stateHome(options.settings, process.env);
  if (options.clear) await clearFaults(home);
  if (options.effect !== undefined) {
    const { type, operation, name, times } = options;
    await orderFault(home, {
      match: { type, operation, name },
      effect: faultEffect(options.effect, options.seconds),
      times,
    });
  }
  const faults = await listFaults(home);
  terminal.document({ version: 1, faults });
  if (faults.length === 0) terminal.line("No fault is ordered.");
  for (const fault of faults) {
    const match = Object.entries(fault.match).map(([key, value]) => `${key} ${value}`);
    terminal.line(
      `  ${fault.id}  ${fault.effect.kind} on ${match.join(", ") || "any call"}, ${fault.remaining === 1 ? "once more" : `${fault.remaining} more times`}`,
    );
  }
  return ExitCode.done;
}

interface RestrictOptions extends SettingsOptions {
  readonly region?: string;
  readonly quota?: Readonly<Record<string, number>>;
  readonly withdraw?: readonly string[];
  /** Whole hours. */
  readonly backupsStopped?: number;
  readonly clear: boolean;
}

/** Restrictions of the local cloud, until they are removed. */
export async function cloudRestrict(terminal: Terminal, options: RestrictOptions): Promise<ExitCode> {
  const home = stateHome(options.settings, process.env);
  const { region, quota, withdraw, backupsStopped } = options;
  if (options.clear) await liftRestrictions(home);
  if (quota !== undefined || withdraw !== undefined || backupsStopped !== undefined) {
    await restrictCloud(home, {
      region: region ?? regionOf(loadSettings(options, "tell")),
      quotas: quota,
      withdrawn: withdraw,
      backupsStoppedForSeconds: backupsStopped === undefined ? undefined : backupsStopped * 3600,
    });
  }
  const restrictions = await listRestrictions(home);
  const { quotas, withdrawn, backupsStoppedAt } = restrictions;
  terminal.document({ version: 1, ...restrictions, backupsStoppedAt: backupsStoppedAt ?? null });
  const lines = [
    ...quotas.map((one) => `  ${one.region}: at most ${one.limit} ${one.name}`),
    ...withdrawn.map((one) => `  ${one.region}: ${one.name} is not offered any more`),
    ...(backupsStoppedAt === undefined ? [] : [`  no backup since ${backupsStoppedAt}`]),
  ];
  for (const line of lines.length === 0 ? ["The local cloud lacks nothing."] : lines) terminal.line(line);
  return ExitCode.done;
}

function faultEffect(kind: FaultEffect["kind"], seconds: number | undefined): FaultEffect {
  if (kind !== "slow") return { kind };
  if (seconds !== undefined) return { kind, seconds };
  throw new LorError({
    code: "fault-not-understood",
    message: "the fault cannot be ordered: slow needs a duration",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--seconds",
    seen: "nothing",
    accepted: "seconds of the real world, 1 or more",
    next: "lor-infra cloud fault --effect slow --seconds 60",
  });
}

import type { CloudClients } from "../clouds/clients.ts";
import type { TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import type { Profile } from "../domain/profile.ts";
import type { EngineStack, Program, RunOptions } from "../engine/port.ts";
import type { Clock } from "../os/clock.ts";
import type { CommandRunner } from "../os/command-runner.ts";
import type { MachineAccess } from "../remote/machine-access.ts";
import type { Fleet } from "../rolling/fleet.ts";
import type { CloudKind, StackFolder } from "../state/stack-folder.ts";
import type { StackLock } from "../state/stack-lock.ts";
import type { StackState } from "../state/stack-state.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { Project } from "../systems/load-project.ts";
import type { Emit } from "./action-event.ts";
import type { CertificateStore } from "./certificate-store.ts";

/** Waits and limits of a switch, in milliseconds. */
export interface SwitchTimings {
  /** Interval of status polls. */
  readonly poll: number;
  /** Limit for the open connections of a drained front to end. */
  readonly drainLimit: number;
  /** Wait after draining where the cloud does not count connections. */
  readonly drainBlind: number;
  /** Limit for a front to become healthy. */
  readonly gateLimit: number;
  /** Time for which it must stay healthy: the last check result may be older than a restart. */
  readonly gateHold: number;
  /** Time that an unhealthy front may take to recover before a switch refuses to begin. */
  readonly healthGrace: number;
  /** Limit for operations in progress in the cloud. */
  readonly busyLimit: number;
  /** Soak time: a front back in the pool must stay healthy under traffic this long before the next one is changed. */
  readonly soak: number;
  /** Pause between two fronts: the scheduler's view of the first may be outdated. */
  readonly settle: number;
  /** Interval between two readings of the load balancer's counters: longer than their reporting interval (Octavia: 10 s). */
  readonly trafficLook: number;
  /** Limit for an orphaned engine to finish. */
  readonly orphanGrace: number;
}

/** For a real cloud. */
export const realTimings: SwitchTimings = {
  poll: 2_000,
  drainLimit: 120_000,
  drainBlind: 30_000,
  gateLimit: 600_000,
  gateHold: 15_000,
  healthGrace: 60_000,
  busyLimit: 900_000,
  soak: 30_000,
  settle: 15_000,
  trafficLook: 30_000,
  orphanGrace: 600_000,
};

/** For the local cloud, whose latencies are a hundredth of the real ones. */
export const localTimings: SwitchTimings = {
  poll: 30,
  drainLimit: 10_000,
  drainBlind: 200,
  gateLimit: 15_000,
  gateHold: 150,
  healthGrace: 3_000,
  busyLimit: 15_000,
  soak: 300,
  settle: 50,
  trafficLook: 300,
  orphanGrace: 10_000,
};

/** For a local cloud whose machines really boot: its operations are quick, its machines are not. */
export const bootedTimings: SwitchTimings = {
  ...localTimings,
  poll: 500,
  drainLimit: 60_000,
  drainBlind: 5_000,
  gateLimit: 600_000,
  gateHold: 5_000,
  healthGrace: 60_000,
  soak: 10_000,
  trafficLook: 3_000,
};

export interface BuildChoice {
  readonly chain: boolean;
  readonly placed?: readonly string[];
  readonly joinDrained?: boolean;
  readonly allowDataDeletion?: boolean;
  /** Fleet and profile to record in the outputs, where they differ from the Plan's: a run of a few resources changes no profile. */
  readonly says?: { readonly fleet: Fleet | undefined; readonly profile: Profile | undefined };
}

/** Runs the hooks of the settings, with the environment of this process. */
interface ProjectCommands {
  readonly runner: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An engine on a temporary copy of the stack. */
export interface TrialEngine extends Disposable {
  readonly engine: EngineStack;
}

/** One stack of one project on one cloud, with everything that an action needs. Read-only actions have no lock. */
export interface StackContext {
  readonly project: Project;
  readonly cloud: CloudKind;
  readonly engine: EngineStack;
  /** Opens the same stack with an empty state in a temporary folder. Its changes in the cloud are real. */
  trialEngine(): Promise<TrialEngine>;
  readonly clients: CloudClients;
  readonly commands: ProjectCommands;
  /** Access to the machines; undefined where they cannot be asked. */
  readonly machines?: () => Promise<MachineAccess | undefined>;
  /** Files of this machine: scratch files, the local cloud. */
  readonly folder: StackFolder;
  /** State shared by everybody who works on the stack. */
  readonly state: StackState;
  readonly lock: StackLock | undefined;
  readonly clock: Clock;
  readonly timings: SwitchTimings;
  readonly emit: Emit;
  readonly signal: AbortSignal | undefined;
  /** Whether a person has declared the holder of a lock on another machine dead. */
  readonly takeOver?: boolean;
  /** Maximum number of resources changed in parallel. Default: the engine's own. */
  readonly parallel: number | undefined;
  /** URNs whose inputs every run of the engine keeps, whatever the settings say. Default: none. */
  readonly keep?: ReadonlySet<string>;
  /** Certificate of an authority, its account and its orders. */
  readonly certificates: CertificateStore;
  /** Certificate for the load balancer, from the settings. Absent: the local cloud has generated its own. */
  readonly certificate?: () => Promise<TlsCertificate>;
  /** The program that builds a Plan. Pulumi is loaded when it runs. */
  program(plan: SystemPlan, choice: BuildChoice): Program;
}

/** Options of every engine run. */
export function runOptions(context: StackContext): RunOptions {
  const signal = stopSignal(context);
  return {
    onEvent: (event) => context.emit({ kind: "engine", event }),
    ...(signal === undefined ? {} : { signal }),
    ...(context.parallel === undefined ? {} : { parallel: context.parallel }),
    ...(context.keep === undefined ? {} : { keep: context.keep }),
  };
}

/** Aborted by Ctrl-C and by the loss of the lock. */
export function stopSignal({ signal, lock }: StackContext): AbortSignal | undefined {
  const signals = [signal, lock?.lost].filter((one) => one !== undefined);
  return signals.length === 0 ? undefined : AbortSignal.any(signals);
}

/** The same, also stopped by this signal. */
export function stoppedBy(context: StackContext, signal: AbortSignal): StackContext {
  return { ...context, signal: context.signal === undefined ? signal : AbortSignal.any([signal, context.signal]) };
}

/** Checks that the lock is still held, then `throwIfStopped`: called before every change. */
export async function requireLock(context: StackContext): Promise<void> {
  await context.lock?.confirm();
  throwIfStopped(context);
}

/**
 * Stops after Ctrl-C, or when another machine has taken the lock over.
 * @throws LorError `interrupted`, `lock-lost`
 */
export function throwIfStopped(context: StackContext, cause?: unknown): void {
  if (context.lock?.lost.aborted === true) {
    throw lockLost(context.project.stack, cause);
  }
  if (context.signal?.aborted === true) {
    throw new LorError({
      code: "interrupted",
      message: "stopped on request; operations in progress have ended, no new ones were started",
      exit: ExitCode.failed,
      culprit: "user",
      next: "run the same command again: it resumes",
      cause,
    });
  }
}

export function lockLost(stack: string, cause?: unknown): LorError {
  return new LorError({
    code: "lock-lost",
    message: `somebody has taken over the stack ${stack}, or may have, because nobody could see that this run lives; it has stopped`,
    exit: ExitCode.locked,
    culprit: "user",
    next: "lor-infra status",
    cause,
  });
}

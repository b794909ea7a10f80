import type { CloudClients } from "../clouds/clients.ts";
import type { TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import type { Profile } from "../domain/profile.ts";
import type { EngineStack, Program, RunOptions } from "../engine/port.ts";
import type { CommandRunner } from "../os/command-runner.ts";
import type { Fleet } from "../rolling/fleet.ts";
import type { CloudKind, StackFolder } from "../state/stack-folder.ts";
import type { StackLock } from "../state/stack-lock.ts";
import type { StackState } from "../state/stack-state.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { Project } from "../systems/load-project.ts";
import type { Emit } from "./action-event.ts";

export interface ActionClock {
  now(): Date;
  /** Milliseconds; ends early, by throwing, when the signal is aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** How long the switch waits for what; all in milliseconds. */
export interface SwitchTimings {
  /** Between two looks at the cloud. */
  readonly poll: number;
  /** Longest wait for the open connections of a drained front to end. */
  readonly drainLimit: number;
  /** Wait after draining where the cloud does not count connections. */
  readonly drainBlind: number;
  /** Longest wait for a front to become healthy. */
  readonly gateLimit: number;
  /** How long it must stay healthy to pass: a check's last answer may be older than the restart. */
  readonly gateHold: number;
  /** How long an unwell front may take to recover before a switch refuses to begin. */
  readonly healthGrace: number;
  /** Longest wait for the cloud to end what it is busy with. */
  readonly busyLimit: number;
  /** How long a front that is back in the pool must stay well under requests before the next one is touched. */
  readonly soak: number;
  /** Pause between two fronts: the scheduler's view of the first may lag behind. */
  readonly settle: number;
  /** Between the two looks at the load balancer's counters: longer than it takes to report them (Octavia: every 10 s). */
  readonly trafficLook: number;
  /** How long an orphaned engine may take to finish. */
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

export interface BuildChoice {
  readonly chain: boolean;
  readonly joinDrained?: boolean;
  readonly allowDataDeletion?: boolean;
  /** What the stack's outputs say of its fleet, where that is not the Plan's: a run of a few resources changes no profile. */
  readonly says?: { readonly fleet: Fleet | undefined; readonly profile: Profile | undefined };
}

/** Runs the commands of the settings, with the variables that ours was started with. */
interface ProjectCommands {
  readonly runner: CommandRunner;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** An engine on a copy of the stack that is gone afterwards. */
export interface TrialEngine extends Disposable {
  readonly engine: EngineStack;
}

/** One stack of one project on one cloud, with everything an action needs. Reading actions have no lock. */
export interface StackContext {
  readonly project: Project;
  readonly cloud: CloudKind;
  readonly engine: EngineStack;
  /** The same stack without a state, in a place of its own. What it does to the cloud is real. */
  trialEngine(): Promise<TrialEngine>;
  readonly clients: CloudClients;
  readonly commands: ProjectCommands;
  /** This machine's own part: scratch files, the local cloud. */
  readonly folder: StackFolder;
  /** What everybody who works on the stack shares. */
  readonly state: StackState;
  readonly lock: StackLock | undefined;
  readonly clock: ActionClock;
  readonly timings: SwitchTimings;
  readonly emit: Emit;
  readonly signal: AbortSignal | undefined;
  /** A person has decided that whoever holds a lock on another machine is dead. */
  readonly takeOver?: boolean;
  /** Resources at the same time; the engine's default when undefined. */
  readonly parallel: number | undefined;
  /** URNs that every run of the engine leaves as they are, whatever the settings say. Default: none. */
  readonly keep?: ReadonlySet<string>;
  /** The certificate that the settings' load balancer gets. Absent: the local cloud has made its own. */
  readonly certificate?: () => Promise<TlsCertificate>;
  /** The program that builds a Plan. Pulumi is loaded when it runs, not before. */
  program(plan: SystemPlan, choice: BuildChoice): Program;
}

/** What every run of the engine gets. */
export function runOptions(context: StackContext): RunOptions {
  const signals = [context.signal, context.lock?.lost].filter((signal) => signal !== undefined);
  return {
    onEvent: (event) => context.emit({ kind: "engine", event }),
    ...(signals.length === 0 ? {} : { signal: AbortSignal.any(signals) }),
    ...(context.parallel === undefined ? {} : { parallel: context.parallel }),
    ...(context.keep === undefined ? {} : { keep: context.keep }),
  };
}

/** The same, that also stops when this signal is aborted. */
export function stoppedBy(context: StackContext, signal: AbortSignal): StackContext {
  return { ...context, signal: context.signal === undefined ? signal : AbortSignal.any([signal, context.signal]) };
}

/** Looks whether the lock is still held, then as `throwIfStopped`: before each thing that changes something. */
export async function requireLock(context: StackContext): Promise<void> {
  await context.lock?.confirm();
  throwIfStopped(context);
}

/**
 * Refuses to start anything more after Ctrl-C, or once another machine has taken the lock over.
 * @throws LorError `interrupted`, `lock-lost`
 */
export function throwIfStopped(context: StackContext, cause?: unknown): void {
  if (context.lock?.lost.aborted === true) {
    throw lockLost(context.project.stack, cause);
  }
  if (context.signal?.aborted === true) {
    throw new LorError({
      code: "interrupted",
      message: "stopped on request; what was in progress has ended, nothing new was started",
      exit: ExitCode.failed,
      culprit: "user",
      next: "run the same command again: it goes on from there",
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

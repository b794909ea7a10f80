import { messageOf } from "../core/errors.ts";
import type { EngineStack, Program } from "../engine/port.ts";
import { systemClock } from "../os/host.ts";
import type { MachineAccess } from "../remote/machine-access.ts";
import { requireProjectLayout } from "../state/backend-attributes.ts";
import { backUpStateFile } from "../state/backup.ts";
import type { CloudKind, StackFolder } from "../state/stack-folder.ts";
import { StackLock } from "../state/stack-lock.ts";
import type { StackState } from "../state/stack-state.ts";
import { requireReadable } from "../state/state-copies.ts";
import { readCheckpoint } from "../state/state-file.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { Project } from "../systems/load-project.ts";
import { buildStack } from "../systems/project-plan.ts";
import type { Emit } from "./action-event.ts";
import { CertificateStore } from "./certificate-store.ts";
import {
  certificateReader,
  type GivenCertificate,
  installedCertificate,
  thumbprintReader,
} from "./context-certificate.ts";
import { guardEngine } from "./guarded-engine.ts";
import { lazyEngine } from "./lazy-engine.ts";
import type { BuildChoice, StackContext, SwitchTimings, TrialEngine } from "./stack-context.ts";

/** What a command asks of the stack that it opens. */
export interface ContextOptions {
  readonly project: Project;
  readonly cloud: CloudKind;
  /** Operation shown to others by the lock: `up`, `rush`, … Undefined: read-only, without a lock. */
  readonly operation?: string;
  readonly emit?: Emit;
  /** Aborted by Ctrl-C: operations in progress end, no new ones start. */
  readonly signal?: AbortSignal;
  /** Maximum number of resources changed in parallel. */
  readonly parallel?: number;
  /** Take over the lock of a machine that a person has declared dead. */
  readonly takeOver?: boolean;
  /** Whether a state that went backwards is refused; false for the command that repairs it. Default: true. */
  readonly guarded?: boolean;
  /** Default: those of the cloud. */
  readonly timings?: SwitchTimings;
}

/** Where the stack is: its files, its secrets, and the way to its cloud and its engine. */
export interface StackPlace {
  readonly folder: StackFolder;
  readonly state: StackState;
  readonly passphrase: string;
  readonly commands: StackContext["commands"];
  mailPassword(): string | undefined;
  /** Connects to the cloud; called once, when the lock is held. */
  connect(): Promise<ConnectedPlace>;
  /** Undefined where the machines cannot be asked. */
  machines(context: StackContext): Promise<MachineAccess | undefined>;
  /** The program that builds a Plan. Default: the system's own, by Pulumi's SDKs. */
  readonly program?: StackContext["program"];
}

export interface ConnectedPlace {
  readonly clients: StackContext["clients"];
  /** Undefined for a system that has no certificate. */
  readonly certificate: GivenCertificate | undefined;
  readonly timings: SwitchTimings;
  /** Prepares the place of the state for the engine, which creates no folder. Default: there is nothing to do. */
  prepareBackend?(): void;
  openEngine(opening: EngineOpening): Promise<EngineStack>;
  openTrialEngine(opening: Pick<EngineOpening, "run">): Promise<TrialEngine>;
}

export interface EngineOpening {
  /** Whether the stack has a state. */
  readonly exists: boolean;
  /** Id of this run, which marks an engine that outlives its process; undefined without a lock. */
  readonly run: string | undefined;
}

/** A context that releases its lock: `await using context = await openContext(…)`. */
export interface OpenedContext extends StackContext, AsyncDisposable {}

/**
 * Makes the context of one command: takes the lock, connects, guards the engine. The lock is given back with the context, or when this fails.
 * @throws LorError `stack-locked` (exit 4), and what `connect` throws
 */
export async function assembleContext(options: ContextOptions, place: StackPlace): Promise<OpenedContext> {
  const { project, cloud, operation, emit } = options;
  const { folder, state } = place;
  const lock = operation === undefined ? undefined : await acquire(options, state, operation);
  try {
    const connected = await place.connect();
    const certificates = new CertificateStore(state.files, place.passphrase);
    const mailPassword = () => place.mailPassword();
    const certificate = certificateReader(options, connected, certificates);
    const thumbprint = thumbprintReader(options, certificates);
    const engine = lazyEngine(
      () => openEngine(options, state, connected, lock),
      async () => (await readCheckpoint(state)).kind === "none",
    );
    const isGuarded = lock !== undefined && options.guarded !== false;
    const context: OpenedContext = {
      project,
      cloud,
      folder,
      state,
      lock,
      clients: connected.clients,
      commands: place.commands,
      engine: isGuarded ? guardEngine(engine, { state, lock, clock: systemClock }) : engine,
      trialEngine: () => connected.openTrialEngine({ run: lock?.holder.id }),
      clock: systemClock,
      timings: options.timings ?? connected.timings,
      emit: emit ?? (() => undefined),
      signal: options.signal,
      parallel: options.parallel,
      takeOver: options.takeOver === true,
      certificates,
      ...installedCertificate(project, connected.certificate, certificates),
      program:
        place.program ??
        ((plan, choice) => systemProgram(project, plan, choice, { cloud, certificate, thumbprint, mailPassword })),
      machines: () => place.machines(context),
      [Symbol.asyncDispose]: () => giveBack(lock, emit),
    };
    return context;
  } catch (error) {
    await giveBack(lock, emit);
    throw error;
  }
}

async function acquire(options: ContextOptions, state: StackState, operation: string): Promise<StackLock> {
  await state.requireExclusive();
  return await StackLock.acquire({
    files: state.files,
    operation,
    clock: systemClock,
    takeOver: options.takeOver === true,
    beforeTakeOver: async () => {
      const copy = await backUpStateFile(state, "before-take-over", systemClock.now());
      if (copy !== undefined) {
        options.emit?.({ kind: "repaired", repair: "state-backed-up", what: copy });
      }
    },
  });
}

/** Never throws: a failing release must not hide the result or the error of a command. */
async function giveBack(lock: StackLock | undefined, emit: Emit | undefined): Promise<void> {
  try {
    await lock?.release();
  } catch (error) {
    const reason = messageOf(error);
    emit?.({
      kind: "warning",
      code: "lock-not-given-back",
      message: `the lock could not be released: ${reason}. The next command on this machine takes it over; another machine needs --take-over`,
    });
  }
}

async function openEngine(
  { guarded }: ContextOptions,
  state: StackState,
  place: ConnectedPlace,
  lock: StackLock | undefined,
): Promise<EngineStack> {
  place.prepareBackend?.();
  await requireProjectLayout(state.backend);
  // The engine would create a missing stack, and the copies of its state would be forgotten.
  const { kind } = guarded === false ? await readCheckpoint(state) : await requireReadable(state);
  return await place.openEngine({ exists: kind !== "none", run: lock?.holder.id });
}

interface ProgramInputs {
  readonly cloud: string;
  readonly certificate: () => Promise<string>;
  readonly thumbprint: () => Promise<string | undefined>;
  readonly mailPassword: () => string | undefined;
}

/** The program that builds a Plan on a cloud; Pulumi's SDKs are loaded when it runs. */
function systemProgram(
  { system }: Project,
  plan: SystemPlan,
  choice: BuildChoice,
  { cloud, certificate, thumbprint, mailPassword }: ProgramInputs,
): Program {
  return async () => {
    const { says, ...options } = choice;
    const password = mailPassword();
    const acmeThumbprint = await thumbprint();
    const outputs = await buildStack({ system }, plan, {
      ...options,
      cloud,
      tlsPkcs12: await certificate(),
      ...(acmeThumbprint === undefined ? {} : { acmeThumbprint }),
      ...(password === undefined ? {} : { mailPassword: password }),
    });
    return says === undefined ? outputs : { ...outputs, fleet: says.fleet ?? null, profile: says.profile ?? null };
  };
}

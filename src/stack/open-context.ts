import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createAccountKey, thumbprintOf } from "../clouds/acme/authority.ts";
import type { CloudClients } from "../clouds/clients.ts";
import { requireCloud } from "../clouds/registry.ts";
import { readCertificate, type TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError, messageOf } from "../core/errors.ts";
import { locateEngine } from "../engine/locate-engine.ts";
import type { EngineStack, Program } from "../engine/port.ts";
import { commandRunner } from "../os/command-runner.ts";
import { host, systemClock } from "../os/host.ts";
import { exists } from "../os/process-identity.ts";
import { requireUsableProxies } from "../os/proxy.ts";
import type { MachineAccess } from "../remote/machine-access.ts";
import { removeBrokenAttributes, requireProjectLayout, withoutAttributes } from "../state/backend-attributes.ts";
import { backUpStateFile } from "../state/backup.ts";
import { FolderFiles } from "../state/folder-files.ts";
import { openState } from "../state/open-state.ts";
import { runVariable } from "../state/orphan-engine.ts";
import { type CloudKind, prepareStackFolder, type StackFolder, stackFolder, stateHome } from "../state/stack-folder.ts";
import { StackLock } from "../state/stack-lock.ts";
import type { StackState } from "../state/stack-state.ts";
import { requireReadable } from "../state/state-copies.ts";
import { readCheckpoint } from "../state/state-file.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { Project } from "../systems/load-project.ts";
import { buildStack, cloudOf, planProfile, regionOf } from "../systems/project-plan.ts";
import type { Emit } from "./action-event.ts";
import { accountKeyOf, CertificateStore, type StoredCertificate, selfMade } from "./certificate-store.ts";
import { cloudFolder, connectLocalCloud } from "./cloud-connection.ts";
import { guardEngine } from "./guarded-engine.ts";
import { lazyEngine } from "./lazy-engine.ts";
import { readMailPassword } from "./mail-password.ts";
import { readPassphrase } from "./passphrase.ts";
import { requireCertificate } from "./require-certificate.ts";
import {
  type BuildChoice,
  bootedTimings,
  localTimings,
  realTimings,
  type StackContext,
  type SwitchTimings,
  type TrialEngine,
} from "./stack-context.ts";
import { startCloud } from "./start-local-cloud.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenContextArgs {
  readonly project: Project;
  readonly cloud: CloudKind;
  readonly env: Environment;
  /** Operation shown to others by the lock: `up`, `rush`, … Undefined: read-only, without a lock. */
  readonly operation?: string;
  readonly emit?: Emit;
  /** Aborted by Ctrl-C: operations in progress end, no new ones start. */
  readonly signal?: AbortSignal;
  /** Maximum number of resources changed in parallel. */
  readonly parallel?: number;
  /** Take over the lock of a machine that a person has declared dead. */
  readonly takeOver?: boolean;
  /** Private key to log in with to machines. Default: those of the settings that this user has. */
  readonly identity?: string;
  /** Whether a state that went backwards is refused; false for the command that repairs it. Default: true. */
  readonly guarded?: boolean;
  /** Default: those of the cloud. */
  readonly timings?: SwitchTimings;
}

/** A context that releases its lock: `await using context = await openContext(…)`. */
export interface OpenedContext extends StackContext, AsyncDisposable {}

/**
 * Opens one stack on one cloud: folder, lock, clients and, on first use, the engine. Starts the local cloud when it is not running.
 * @throws LorError `stack-locked` (exit 4), `environment-of-local-cloud` (3), `passphrase-…`, `credentials-missing`, `engine-missing`
 */
export async function openContext(args: OpenContextArgs): Promise<OpenedContext> {
  const { project, cloud, env } = args;
  const folder = stackFolder(stateHome(project.dir, env), cloud, project.stack);
  refuseForeignCloud(project, cloud);
  refuseMixedEnvironment(cloud, env);
  const passphrase = readPassphrase(folder.home, cloud, env, project.encryptionSalt);
  prepareStackFolder(folder);
  const state = await openProjectState(project, folder, env);
  const lock = args.operation === undefined ? undefined : await acquire(args, state, args.operation);
  try {
    const guard = (engine: EngineStack) =>
      lock === undefined || args.guarded === false ? engine : guardEngine(engine, { state, lock, clock: systemClock });
    const place = await connect(project, cloud, folder, env);
    const certificates = new CertificateStore(state.files, passphrase);
    const certificate = certificateReader(args, place, certificates);
    const thumbprint = thumbprintReader(args, certificates);
    const mailPassword = () => readMailPassword(project, env);
    const context: OpenedContext = {
      project,
      cloud,
      folder,
      state,
      lock,
      clients: place.clients,
      commands: { runner: commandRunner, env },
      engine: guard(
        lazyEngine(
          () => openEngine(args, { folder, state }, passphrase, place.providers, lock),
          async () => (await readCheckpoint(state)).kind === "none",
        ),
      ),
      trialEngine: () => openTrialEngine(args, folder, passphrase, place.providers, lock),
      clock: systemClock,
      timings: args.timings ?? place.timings,
      emit: args.emit ?? (() => undefined),
      signal: args.signal,
      parallel: args.parallel,
      takeOver: args.takeOver === true,
      certificates,
      ...installedCertificate(project, place, certificates),
      program: (plan, choice) => systemProgram(project, plan, choice, { cloud, certificate, thumbprint, mailPassword }),
      machines: () => accessIfPossible(context, args.identity),
      [Symbol.asyncDispose]: () => giveBack(lock, args.emit),
    };
    return context;
  } catch (error) {
    await giveBack(lock, args.emit);
    throw error;
  }
}

/** Where nobody can log in, nothing is asked and nothing is claimed. */
async function accessIfPossible(
  context: StackContext,
  identity: string | undefined,
): Promise<MachineAccess | undefined> {
  const { access } = context.project.system.capabilities;
  if (access?.routes(planProfile(context.project, "normal")) === undefined) return undefined;
  const { openAccess } = await import("./ssh/open-access.ts");
  try {
    return await openAccess(context, { identityFile: identity });
  } catch (error) {
    if (error instanceof LorError && (error.code === "machines-simulated" || error.code === "bastion-missing"))
      return undefined;
    throw error;
  }
}

/** Opens the shared state of a stack, in the place that the settings name. */
export function openProjectState(project: Project, folder: StackFolder, env: Environment): Promise<StackState> {
  return openState({ settings: project.settings.normal.state, folder, project: project.name, env });
}

/** Opens what is stored of a stack's certificate, without its lock. */
export async function openCertificates(
  project: Project,
  folder: StackFolder,
  cloud: string,
  env: Environment,
): Promise<CertificateStore> {
  const { files } = await openProjectState(project, folder, env);
  return new CertificateStore(files, readPassphrase(folder.home, cloud, env, project.encryptionSalt));
}

interface Place {
  readonly clients: CloudClients;
  readonly providers: Readonly<Record<string, number>> | undefined;
  /** PKCS#12 file of the certificate for HTTPS. */
  readonly certificate: string | undefined;
  /** Whether the local cloud generated it. */
  readonly ownCertificate: boolean;
  readonly timings: SwitchTimings;
}

async function connect(project: Project, cloud: string, folder: StackFolder, env: Environment): Promise<Place> {
  const { certificate } = project.system;
  const chosen = certificate === undefined ? undefined : env[certificate.variable];
  const region = regionOf(project);
  if (cloud !== "local") {
    requireUsableProxies(env);
    const clients = await requireCloud(cloud).connect(env, region);
    return { clients, providers: undefined, certificate: chosen, ownCertificate: false, timings: realTimings };
  }
  await startCloud({ home: folder.home, env });
  const { clients, runtime } = await connectLocalCloud(cloudFolder(folder.home), {
    cloud: project.system.cloud,
    region,
  });
  const own = join(cloudFolder(folder.home), "tls.p12");
  return {
    clients,
    providers: runtime.providers,
    certificate: chosen ?? own,
    ownCertificate: chosen === undefined || chosen === own,
    timings: runtime.machines === true ? bootedTimings : localTimings,
  };
}

async function acquire(args: OpenContextArgs, state: StackState, operation: string): Promise<StackLock> {
  await state.requireExclusive();
  return await StackLock.acquire({
    files: state.files,
    operation,
    clock: systemClock,
    takeOver: args.takeOver === true,
    beforeTakeOver: async () => {
      const copy = await backUpStateFile(state, "before-take-over", systemClock.now());
      if (copy !== undefined) {
        args.emit?.({ kind: "repaired", repair: "state-backed-up", what: copy });
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
  args: OpenContextArgs,
  { folder, state }: { readonly folder: StackFolder; readonly state: StackState },
  passphrase: string,
  providers: Place["providers"],
  lock: StackLock | undefined,
): Promise<EngineStack> {
  if (state.backend instanceof FolderFiles) {
    // The engine does not create the folder.
    mkdirSync(state.backend.folder, { recursive: true, mode: 0o700 });
    removeBrokenAttributes(state.backend.folder, args.project.name, args.project.stack);
  }
  await requireProjectLayout(state.backend);
  // The engine would create a missing stack, and the copies of its state would be forgotten.
  const { kind } = args.guarded === false ? await readCheckpoint(state) : await requireReadable(state);
  const place = { backendUrl: state.backendUrl, exists: kind !== "none", workFolder: folder.work };
  return await openStackAt(args, place, passphrase, providers, lock);
}

/**
 * The same stack with an empty state in a folder of its own: trials are recorded in no shared state, and the next trial deletes what a killed one
 * left.
 */
async function openTrialEngine(
  args: OpenContextArgs,
  folder: StackFolder,
  passphrase: string,
  providers: Place["providers"],
  lock: StackLock | undefined,
): Promise<TrialEngine> {
  // One for each process: a preview needs no lock. What a killed one left goes.
  for (const name of readdirSync(folder.folder)) {
    const [, pid] = /^trial-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !exists(Number(pid))) rmSync(join(folder.folder, name), { recursive: true, force: true });
  }
  const trial = join(folder.folder, `trial-${host().pid}`);
  const clear = () => rmSync(trial, { recursive: true, force: true });
  clear();
  const backend = join(trial, "backend");
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  const place = { backendUrl: `${pathToFileURL(backend).href}${withoutAttributes}`, exists: false, workFolder: trial };
  const engine = await openStackAt(args, place, passphrase, providers, lock);
  return { engine, [Symbol.dispose]: clear };
}

async function openStackAt(
  { project, env }: OpenContextArgs,
  place: { readonly backendUrl: string; readonly exists: boolean; readonly workFolder: string },
  passphrase: string,
  providers: Place["providers"],
  lock: StackLock | undefined,
): Promise<EngineStack> {
  // The Automation API takes half a second to load: it is loaded in parallel with the search for the engine, and only when needed.
  const [{ openStack }, engine] = await Promise.all([import("../engine/automation-stack.ts"), locateEngine({ env })]);
  if (!engine.found) {
    throw engine.reason;
  }
  return await openStack({
    ...place,
    projectName: project.name,
    stackName: project.stack,
    passphrase,
    encryptionSalt: project.encryptionSalt,
    engine,
    // Marks an engine that outlives this process.
    providerVariables: cloudOf(project).variablePrefixes,
    env: lock === undefined ? env : { ...env, [runVariable]: lock.holder.id },
    ...(providers === undefined ? {} : { providers }),
  });
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

/** Operations that do not depend on a certificate which is about to be replaced. */
const withoutNewCertificate = ["destroy", "recover", "state restore", "import"];

/** Fingerprint of the account whose http-01 checks the members answer. The account's key is made before the account itself. */
function thumbprintReader(
  { project, operation }: OpenContextArgs,
  store: CertificateStore,
): () => Promise<string | undefined> {
  const source = project.system.certificate?.source(project.settings.normal);
  if (source?.kind !== "acme" || source.challenge !== "http-01") return async () => undefined;
  const { directory } = source;
  return async () => {
    const known = (await store.read()).accounts[directory];
    // A command that only reads stores nothing.
    const key = known ?? (operation === undefined ? createAccountKey() : await accountKeyOf(store, directory));
    return thumbprintOf(key);
  };
}

/** The certificate that an `up` would install, for reports. */
function installedCertificate(
  { system, settings }: Project,
  place: Place,
  store: CertificateStore,
): Pick<StackContext, "certificate"> {
  const use = system.certificate;
  if (use === undefined) return {};
  if (use.source(settings.normal).kind === "acme") return { certificate: () => readStored(store) };
  return place.ownCertificate ? {} : { certificate: fileReader(use.variable, place.certificate) };
}

/** Certificate for the program. Validated when the operation installs it; empty for a system without one. */
function certificateReader(args: OpenContextArgs, place: Place, store: CertificateStore): () => Promise<string> {
  const { system, settings } = args.project;
  const use = system.certificate;
  if (use === undefined) return async () => "";
  if (use.source(settings.normal).kind === "acme") return storedReader(args, place.clients, store);
  const { certificate, ownCertificate } = place;
  const read = fileReader(use.variable, certificate);
  let judged = ownCertificate || withoutNewCertificate.includes(args.operation ?? "");
  return async () => {
    const found = await read();
    if (!judged) {
      const emit = args.emit ?? (() => undefined);
      const domains = use.domains(settings.normal);
      requireCertificate(found, { domains, now: systemClock.now(), waivers: settings.normal.waivers, emit });
      judged = true;
    }
    return found.pkcs12;
  };
}

/**
 * The stored certificate, read at every run, because a renewal changes it. Before the first renewal it is the one that the listener has, or a
 * self-made one for a new listener.
 */
function storedReader(
  { project, operation, emit }: OpenContextArgs,
  clients: CloudClients,
  store: CertificateStore,
): () => Promise<string> {
  const domains = project.system.certificate?.domains(project.settings.normal) ?? [];
  let made: StoredCertificate | undefined;
  let isReported = false;
  return async () => {
    const { current } = await store.read();
    const used =
      current ?? made ?? (await certificateInUse(project, clients)) ?? (await selfMade(domains, systemClock.now()));
    made = used;
    if (current === undefined && operation !== undefined) await store.change({ current: used });
    if (used.origin === "self-made" && !isReported && operation !== "certificate renew") {
      isReported = true;
      const message = `HTTPS shows a certificate that this program made and browsers refuse, until lor-infra certificate renew has obtained one for ${domains.join(", ")}`;
      emit?.({ kind: "warning", code: "certificate-self-made", message });
    }
    return used.pkcs12;
  };
}

/** A listener that has a certificate must not get a self-made one because the settings name an authority from now on. */
async function certificateInUse(
  project: Project,
  { keyManager }: CloudClients,
): Promise<StoredCertificate | undefined> {
  const place = project.system.certificate?.installed(planProfile(project, "normal"));
  const ref = place === undefined ? undefined : await keyManager.usedBy(place.listener);
  if (place === undefined || ref === undefined) return undefined;
  const found = (await keyManager.secrets(place.secret)).find((one) => one.ref === ref);
  if (found === undefined) return undefined;
  return { pkcs12: Buffer.from(found.payload).toString("base64"), origin: "given", installed: true };
}

/** @throws LorError `certificate-missing` */
async function readStored(store: CertificateStore): Promise<TlsCertificate> {
  const { current } = await store.read();
  if (current !== undefined) return await store.describe(current);
  throw new LorError({
    code: "certificate-missing",
    message: "no certificate was obtained yet",
    exit: ExitCode.usage,
    culprit: "user",
    path: "certificates",
    seen: store.where,
    next: "lor-infra certificate renew",
  });
}

/** Reads a certificate file once, however often it is requested. */
function fileReader(variable: string, file: string | undefined): () => Promise<TlsCertificate> {
  let read: Promise<TlsCertificate> | undefined;
  return () => {
    read ??= readCertificate(file, variable);
    return read;
  };
}

/** A system runs on its own cloud, or on the local cloud that simulates it. */
function refuseForeignCloud({ system, stack }: Project, cloud: string): void {
  if (cloud === "local" || cloud === system.cloud) return;
  throw new LorError({
    code: "cloud-of-another-system",
    message: `the system ${system.id} does not run on the cloud ${cloud}`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--cloud",
    seen: cloud,
    accepted: `local, ${system.cloud}`,
    next: `lor-infra status --stack ${stack} --cloud ${system.cloud}`,
  });
}

/** Refuses to use a real stack in a shell whose variables point at the local cloud. */
function refuseMixedEnvironment(cloud: CloudKind, env: Environment): void {
  const attached = env.PULUMI_DEBUG_PROVIDERS;
  if (cloud !== "local" && attached !== undefined && attached !== "") {
    throw new LorError({
      code: "environment-of-local-cloud",
      message: "this shell points Pulumi at the local cloud; a real stack is not touched from it",
      exit: ExitCode.refused,
      culprit: "user",
      path: "PULUMI_DEBUG_PROVIDERS",
      accepted: "a shell without the variables of `lor-infra cloud env`",
      next: "open a new shell, then run the same command again",
    });
  }
}

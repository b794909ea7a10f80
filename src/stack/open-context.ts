import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { requireCloud } from "../clouds/registry.ts";
import { readCertificate, type TlsCertificate } from "../clouds/tls-certificate.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { locateEngine } from "../engine/locate-engine.ts";
import type { EngineStack } from "../engine/port.ts";
import { commandRunner } from "../os/command-runner.ts";
import { host } from "../os/host.ts";
import { exists } from "../os/process-identity.ts";
import { requireUsableProxies } from "../os/proxy.ts";
import type { MachineAccess } from "../remote/machine-access.ts";
import { removeBrokenAttributes, withoutAttributes } from "../state/backend-attributes.ts";
import { FolderFiles } from "../state/folder-files.ts";
import { openState } from "../state/open-state.ts";
import { runVariable } from "../state/orphan-engine.ts";
import { type CloudKind, prepareStackFolder, type StackFolder, stackFolder, stateHome } from "../state/stack-folder.ts";
import type { StackState } from "../state/stack-state.ts";
import type { Project } from "../systems/load-project.ts";
import { cloudOf, planProfile, regionOf } from "../systems/project-plan.ts";
import {
  assembleContext,
  type ConnectedPlace,
  type ContextOptions,
  type EngineOpening,
  type OpenedContext,
} from "./assemble-context.ts";
import { CertificateStore } from "./certificate-store.ts";
import { cloudFolder, connectLocalCloud } from "./cloud-connection.ts";
import type { GivenCertificate } from "./context-certificate.ts";
import { readMailPassword } from "./mail-password.ts";
import { readPassphrase } from "./passphrase.ts";
import { bootedTimings, localTimings, realTimings, type StackContext, type TrialEngine } from "./stack-context.ts";
import { startCloud } from "./start-local-cloud.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface OpenContextArgs extends ContextOptions {
  readonly env: Environment;
  /** Private key to log in with to machines. Default: those of the settings that this user has. */
  readonly identity?: string;
}

/**
 * Opens one stack on one cloud from this machine: folder, lock, clients and, on first use, the engine. Starts the local cloud when it is not running.
 * @throws LorError `stack-locked` (exit 4), `environment-of-local-cloud` (3), `passphrase-…`, `credentials-missing`, `engine-missing`
 */
export async function openContext(args: OpenContextArgs): Promise<OpenedContext> {
  const { project, cloud, env, identity, ...options } = args;
  const folder = stackFolder(stateHome(project.dir, env), cloud, project.stack);
  refuseForeignCloud(project, cloud);
  refuseMixedEnvironment(cloud, env);
  const passphrase = readPassphrase(folder.home, cloud, env, project.encryptionSalt);
  prepareStackFolder(folder);
  const state = await openProjectState(project, folder, env);
  return await assembleContext(
    { project, cloud, ...options },
    {
      folder,
      state,
      passphrase,
      commands: { runner: commandRunner, env },
      mailPassword: () => readMailPassword(project, env),
      connect: () => connect({ project, cloud, folder, state, passphrase, env }),
      machines: (context) => accessIfPossible(context, identity),
    },
  );
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

/** One stack, seen from this machine. */
interface Here {
  readonly project: Project;
  readonly cloud: CloudKind;
  readonly folder: StackFolder;
  readonly state: StackState;
  readonly passphrase: string;
  readonly env: Environment;
}

async function connect(here: Here): Promise<ConnectedPlace> {
  const { project, cloud, folder, env } = here;
  const chosen = chosenCertificate(project, env);
  const region = regionOf(project);
  if (cloud !== "local") {
    requireUsableProxies(env);
    const clients = await requireCloud(cloud).connect(env, region);
    return {
      clients,
      certificate: givenCertificate(project, chosen, false),
      timings: realTimings,
      ...engineOf(here, undefined),
    };
  }
  await startCloud({ home: folder.home, env });
  const { clients, runtime } = await connectLocalCloud(cloudFolder(folder.home), {
    cloud: project.system.cloud,
    region,
  });
  const own = join(cloudFolder(folder.home), "tls.p12");
  return {
    clients,
    certificate: givenCertificate(project, chosen ?? own, chosen === undefined || chosen === own),
    timings: runtime.machines === true ? bootedTimings : localTimings,
    ...engineOf(here, runtime.providers),
  };
}

/** PKCS#12 file of the certificate for HTTPS that the environment names. */
function chosenCertificate({ system }: Project, env: Environment): string | undefined {
  return system.certificate === undefined ? undefined : env[system.certificate.variable];
}

function givenCertificate({ system }: Project, file: string | undefined, own: boolean): GivenCertificate | undefined {
  const { certificate } = system;
  return certificate === undefined ? undefined : { read: fileReader(certificate.variable, file), own };
}

type Providers = Readonly<Record<string, number>> | undefined;

type EnginePlace = Pick<ConnectedPlace, "prepareBackend" | "openEngine" | "openTrialEngine">;

/** @param providers ports of the local cloud's providers; undefined: the engine starts its own */
function engineOf(here: Here, providers: Providers): EnginePlace {
  const { project, folder, state } = here;
  return {
    prepareBackend: () => {
      if (!(state.backend instanceof FolderFiles)) return;
      mkdirSync(state.backend.folder, { recursive: true, mode: 0o700 });
      removeBrokenAttributes(state.backend.folder, project.name, project.stack);
    },
    openEngine: ({ exists, run }) =>
      openStackAt(here, { backendUrl: state.backendUrl, exists, workFolder: folder.work }, providers, run),
    openTrialEngine: ({ run }) => openTrialEngine(here, providers, run),
  };
}

/**
 * The same stack with an empty state in a folder of its own: trials are recorded in no shared state, and the next trial deletes what a killed one
 * left.
 */
async function openTrialEngine(here: Here, providers: Providers, run: EngineOpening["run"]): Promise<TrialEngine> {
  const { folder } = here.folder;
  // One for each process: a preview needs no lock. What a killed one left goes.
  for (const name of readdirSync(folder)) {
    const [, pid] = /^trial-(\d+)$/.exec(name) ?? [];
    if (pid !== undefined && !exists(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
  const trial = join(folder, `trial-${host().pid}`);
  const clear = () => rmSync(trial, { recursive: true, force: true });
  clear();
  const backend = join(trial, "backend");
  mkdirSync(backend, { recursive: true, mode: 0o700 });
  const place = { backendUrl: `${pathToFileURL(backend).href}${withoutAttributes}`, exists: false, workFolder: trial };
  const engine = await openStackAt(here, place, providers, run);
  return { engine, [Symbol.dispose]: clear };
}

async function openStackAt(
  { project, env, passphrase }: Here,
  place: { readonly backendUrl: string; readonly exists: boolean; readonly workFolder: string },
  providers: Providers,
  run: EngineOpening["run"],
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
    providerVariables: cloudOf(project).variablePrefixes,
    // Marks an engine that outlives this process.
    env: run === undefined ? env : { ...env, [runVariable]: run },
    ...(providers === undefined ? {} : { providers }),
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

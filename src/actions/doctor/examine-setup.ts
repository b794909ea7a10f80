import { accessSync, constants, existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { readCertificate, requireUsable } from "../../clouds/tls-certificate.ts";
import { LorError } from "../../core/errors.ts";
import { type AcmeSettings, daysUntil, isDue } from "../../domain/certificates.ts";
import { fewDaysLeft } from "../../domain/policy/certificate-policies.ts";
import { host } from "../../os/host.ts";
import { withinTime } from "../../os/time-limit.ts";
import { openCertificates, openProjectState } from "../../stack/open-context.ts";
import { readPassphrase } from "../../stack/passphrase.ts";
import { FolderFiles } from "../../state/folder-files.ts";
import { recordedStacks } from "../../state/recorded-stacks.ts";
import { type CloudKind, type StackFolder, stackFolder, stateHome } from "../../state/stack-folder.ts";
import { describeHolder, readLock } from "../../state/stack-lock.ts";
import type { StackState } from "../../state/stack-state.ts";
import { readCheckpoint } from "../../state/state-file.ts";
import { loadProject, type Project } from "../../systems/load-project.ts";
import { cloudOf } from "../../systems/project-plan.ts";
import { cloudStatus } from "../cloud/cloud-status.ts";
import { engineStatus } from "../engine/engine-status.ts";
import { listState } from "../state/list-state.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ExamineArgs {
  readonly dir: string;
  readonly stack: string;
  readonly cloud: CloudKind;
  readonly env: Environment;
  readonly now: Date;
}

/** Result of one check of the setup. */
export interface SetupCheck {
  readonly subject: string;
  readonly verdict: "good" | "warning" | "bad";
  /** Never a secret: names of variables, not their values. */
  readonly what: string;
  readonly next?: string;
}

/** Age from which prices are reported as old. */
const oldPriceBookDays = 365;

/** Clock difference from which signed calls fail, in seconds. Source: signed APIs refuse signatures of another time. */
const clockToleranceSeconds = 30;

/** Checks everything that a command needs, without changing anything. */
export async function examine(args: ExamineArgs): Promise<readonly SetupCheck[]> {
  const project = loadProject(args.dir, args.stack, {
    now: args.now,
    recorded: recordedStacks(args.dir, args.env, args.cloud),
  });
  const folder = stackFolder(stateHome(args.dir, args.env), args.cloud, args.stack);
  return [
    project.ok
      ? good("settings", `both profiles of ${project.value.name} are sound`)
      : bad(
          "settings",
          project.issues.length === 1 ? "1 problem" : `${project.issues.length} problems`,
          "lor-infra check",
        ),
    ...(await examineEngine(args)),
    ...(args.cloud === "local"
      ? [await examineLocalCloud(folder)]
      : examineCredentials(project.ok ? project.value : undefined, args.env)),
    examinePassphrase(folder, args),
    ...(await examineCertificate(args, project.ok ? project.value : undefined)),
    await examineClock(args),
    ...examinePriceBooks(project.ok ? project.value : undefined, args.now),
    ...(await examineState(folder, project.ok ? project.value : undefined, args.env)),
  ];
}

async function examineEngine({ env, cloud }: ExamineArgs): Promise<readonly SetupCheck[]> {
  const status = await engineStatus({ env });
  if (!status.found) return [bad("engine", status.reason.message, "lor-infra engine install")];
  const engine = good("engine", `Pulumi ${status.version} (${status.origin}): ${status.path}`);
  const host =
    status.languageHost === undefined
      ? warning("language host", "not there: lor-infra works, plain pulumi does not", "lor-infra engine install")
      : good("language host", status.languageHost);
  const plugins =
    cloud === "local"
      ? good("plugins", "not needed: the local cloud serves them")
      : good("plugins", "obtained by the engine when it first needs them");
  return [engine, host, plugins];
}

async function examineLocalCloud({ home }: StackFolder): Promise<SetupCheck> {
  const report = await cloudStatus(home);
  if (report.running) return good("local cloud", `runs, process ${report.pid}, time 1:${report.status.scale}`);
  if (report.unreachable === undefined) return good("local cloud", "does not run; a command that needs it starts it");
  const { pid, httpUrl } = report.unreachable;
  return bad(
    "local cloud",
    `process ${pid} cannot be reached at ${httpUrl}: another container or network`,
    "lor-infra cloud stop",
  );
}

/** Whether the variables of clients and providers are set. */
function examineCredentials(project: Project | undefined, env: Environment): readonly SetupCheck[] {
  if (project === undefined) return [warning("credentials", "not examined: the settings are refused")];
  const cloud = cloudOf(project);
  const issues = cloud.checkCredentials(env);
  if (issues.length > 0) return issues.map(({ message }) => bad("credentials", message));
  return [good("credentials", `those of ${cloud.title} are set; whether they are accepted, the first command tells`)];
}

function examinePassphrase({ home }: StackFolder, { cloud, env }: ExamineArgs): SetupCheck {
  try {
    readPassphrase(home, cloud, env);
    return good("passphrase", "found");
  } catch (error) {
    if (error instanceof LorError) return bad("passphrase", error.message, error.next);
    throw error;
  }
}

/** Certificate that the next `up` installs; the local cloud generates its own when no file is named. */
async function examineCertificate(
  { dir, stack, cloud, env, now }: ExamineArgs,
  project: Project | undefined,
): Promise<readonly SetupCheck[]> {
  const use = project?.system.certificate;
  if (project === undefined || use === undefined) return [];
  const source = use.source(project.settings.normal);
  if (source.kind === "acme") return [await examineStoredCertificate({ dir, stack, cloud, env, now }, project, source)];
  const file = env[use.variable];
  if (cloud === "local" && (file === undefined || file === "")) return [];
  try {
    const certificate = await readCertificate(file, use.variable);
    requireUsable(certificate, { domains: use.domains(project.settings.normal), now });
    const days = daysUntil(certificate.notAfter, now);
    const until = certificate.notAfter.toISOString().slice(0, "YYYY-MM-DD".length);
    const renew = "renew it, then lor-infra up";
    if (days < 0) return [bad("certificate", `${certificate.file} has expired on ${until}`, renew)];
    const text = `${certificate.file} is valid until ${until}, ${days} days left`;
    return [days < fewDaysLeft ? warning("certificate", text, renew) : good("certificate", text)];
  } catch (error) {
    if (error instanceof LorError) return [bad("certificate", error.message, error.next)];
    throw error;
  }
}

/** Certificate of an authority, which `certificate renew` has stored with the stack. */
async function examineStoredCertificate(
  { dir, stack, cloud, env, now }: ExamineArgs,
  project: Project,
  { renewBefore }: AcmeSettings,
): Promise<SetupCheck> {
  const renew = "lor-infra certificate renew";
  const folder = stackFolder(stateHome(dir, env), cloud, stack);
  try {
    const store = await openCertificates(project, folder, cloud, env);
    const { current } = await store.read();
    if (current === undefined) return warning("certificate", "none was obtained yet", renew);
    if (current.origin === "self-made") {
      return warning("certificate", "made by this program, and refused by browsers; none was obtained yet", renew);
    }
    const certificate = await store.describe(current);
    const days = daysUntil(certificate.notAfter, now);
    const text = `of ${certificate.issuer}, valid until ${certificate.notAfter.toISOString().slice(0, "YYYY-MM-DD".length)}, ${days} days left`;
    if (days < 0) return bad("certificate", text, renew);
    return isDue(certificate, renewBefore, now) ? warning("certificate", text, renew) : good("certificate", text);
  } catch (error) {
    if (error instanceof LorError) return bad("certificate", error.message, error.next);
    throw error;
  }
}

/** Compares the clock of this machine with the cloud's, where a clock can be read without credentials. */
async function examineClock({ cloud, env, now }: ExamineArgs): Promise<SetupCheck> {
  if (cloud === "local") return good("clock", "the local cloud uses this machine's");
  const address = env.OS_AUTH_URL;
  if (address === undefined || address === "") return warning("clock", "not compared: OS_AUTH_URL is not set");
  try {
    const began = host().monotonic();
    const answer = await withinTime(10_000, (signal) => host().fetch(address, { method: "HEAD", signal }));
    const theirs = Date.parse(answer.headers.get("date") ?? "");
    if (Number.isNaN(theirs)) return warning("clock", "not compared: the cloud tells no time");
    const apart = Math.round(Math.abs(theirs - (now.getTime() + host().monotonic() - began)) / 1000);
    return apart <= clockToleranceSeconds
      ? good("clock", `within ${apart} s of the cloud's`)
      : bad("clock", `${apart} s apart from the cloud's: signed calls will be refused`, "set this machine's clock");
  } catch {
    return warning("clock", "not compared: the cloud did not answer");
  }
}

function examinePriceBooks(project: Project | undefined, now: Date): readonly SetupCheck[] {
  if (project === undefined) return [];
  return cloudOf(project).priceBooks.map(({ id, date }) => {
    const days = Math.floor((now.getTime() - Date.parse(date)) / 86_400_000);
    return days > oldPriceBookDays
      ? warning("price book", `${id} is ${days} days old (${date})`)
      : good("price book", `${id} is of ${date}`);
  });
}

/** Location of the state, whether it can be read and written, and who holds the lock. */
async function examineState(
  folder: StackFolder,
  project: Project | undefined,
  env: Environment,
): Promise<readonly SetupCheck[]> {
  if (project === undefined) return [warning("state", "not examined: the settings say where it is", "lor-infra check")];
  try {
    const state = await openProjectState(project, folder, env);
    const { kind } = await readCheckpoint(state);
    if (kind === "unreadable") return [await examineChain(state), await examineLock(state)];
    const there = kind === "readable";
    const { backend } = state;
    const place =
      backend instanceof FolderFiles ? examineFolder(backend.folder, there) : await examineBucket(state, there);
    return [place, ...(there ? [await examineChain(state)] : []), await examineLock(state)];
  } catch (error) {
    if (error instanceof LorError) return [bad("state", `${error.message}: ${error.seen ?? error.path}`, error.next)];
    throw error;
  }
}

/** Whether an old state has replaced a newer one. */
async function examineChain(state: StackState): Promise<SetupCheck> {
  const { entries, now, unreadable } = await listState(state);
  const states = `${entries.length} states are recorded`;
  switch (now) {
    case "unreadable":
      return bad(
        "state",
        `${unreadable?.message}: ${unreadable?.seen}; accepted: ${unreadable?.accepted}`,
        unreadable?.next,
      );
    case "backwards":
      return bad(
        "chain",
        `${states}, and the state that is there undoes what the last of them did`,
        "lor-infra state list",
      );
    case "unknown":
      return good("chain", `${states}; somebody else has changed the state since, or a run was killed`);
    case "as-left":
      return good("chain", `${states}; the state is as the last run left it`);
    case "none":
      return good("chain", `${states}; there is no state yet`);
  }
}

async function examineLock({ files }: StackState): Promise<SetupCheck> {
  const lock = await readLock(files);
  if (lock === undefined) return good("lock", "free");
  const { dead, holder, silence } = lock;
  if (dead) {
    return warning(
      "lock",
      `left by a process that is dead (${describeHolder(holder)}); the next command takes it over`,
    );
  }
  return silence === undefined
    ? warning("lock", `held: ${describeHolder(holder)}`)
    : warning("lock", `held: ${describeHolder(holder)}; ${silence.what}`, silence.next);
}

async function examineBucket({ backend, requireExclusive }: StackState, there: boolean): Promise<SetupCheck> {
  await requireExclusive();
  const place = backend.where("");
  return good(
    "state",
    `${there ? "in" : "none yet; it will be in"} ${place}, which answers and keeps conditions on writes`,
  );
}

function examineFolder(backend: string, there: boolean): SetupCheck {
  const nearest = nearestExisting(backend);
  try {
    accessSync(nearest, constants.W_OK);
    return good("state", there ? `in ${backend}` : `none yet; it will be in ${backend}`);
  } catch {
    return bad("state", `${nearest} cannot be written`, `chmod u+w ${nearest}`);
  }
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(join(path)));
}

function good(subject: string, what: string): SetupCheck {
  return { subject, verdict: "good", what };
}

function warning(subject: string, what: string, next?: string): SetupCheck {
  return { subject, verdict: "warning", what, ...(next === undefined ? {} : { next }) };
}

function bad(subject: string, what: string, next?: string): SetupCheck {
  return { subject, verdict: "bad", what, ...(next === undefined ? {} : { next }) };
}

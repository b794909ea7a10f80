import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { Config, getStack, log, RunError } from "@pulumi/pulumi";
import { thumbprintOf } from "./clouds/acme/authority.ts";
import { decideCloud } from "./clouds/cloud-guard.ts";
import { readCertificate, requireUsable } from "./clouds/tls-certificate.ts";
import { LorError } from "./core/errors.ts";
import type { Issue } from "./core/result.ts";
import type { Profile } from "./domain/profile.ts";
import { systemClock } from "./os/host.ts";
import type { CertificateContent } from "./stack/certificate-store.ts";
import { readMailPassword } from "./stack/mail-password.ts";
import { openCertificates } from "./stack/open-context.ts";
import { recordedStacks } from "./state/recorded-stacks.ts";
import { stackFolder, stateHome } from "./state/stack-folder.ts";
import { loadProject, type Project } from "./systems/load-project.ts";
import { buildStack, cloudOf, planProfile } from "./systems/project-plan.ts";

/**
 * Program of plain `pulumi up|preview --config-file Pulumi.<profile>.yaml`: settings -> Plan -> resources. The fronts are always chained here,
 * because a program cannot know whether the system serves already.
 */
export default async function program(): Promise<Record<string, unknown>> {
  const project = readProject();
  const cloud = decideCloud(process.env, cloudOf(project));
  if (!cloud.ok) throw new RunError(renderIssues("this run is refused", cloud.issues));
  for (const { path, code, message } of project.policies) await log.warn(`${path}: ${message} (${code})`);
  const profile = readProfile(project);
  const stored = storedContent(project, cloud.value);
  const tlsPkcs12 = await readTls(project, cloud.value, stored);
  await log.warn(
    "plain Pulumi changes one front at a time, but neither drains it nor checks its health before the next; " +
      `for a shop that serves, run \`lor-infra ${profile} --stack ${project.stack}\` instead`,
  );
  try {
    const acmeThumbprint = await readThumbprint(project, stored);
    const mailPassword = readMailPassword(project, process.env);
    return await buildStack(project, planProfile(project, profile), {
      chain: true,
      tlsPkcs12,
      cloud: cloud.value,
      ...(acmeThumbprint === undefined ? {} : { acmeThumbprint }),
      ...(mailPassword === undefined ? {} : { mailPassword }),
    });
  } catch (error) {
    throw error instanceof LorError ? new RunError(renderError(error)) : error;
  }
}

type ReadStored = () => Promise<CertificateContent>;

function readProject(): Project {
  const folder = findProjectFolder(process.cwd());
  const project = loadProject(folder, getStack(), { recorded: recordedStacks(folder, process.env) });
  if (project.ok) return project.value;
  throw new RunError(renderIssues("the settings are refused", project.issues));
}

/** Pulumi starts a program in the folder of its main file: the project's folder or one below it. */
function findProjectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (dirname(folder) === folder) throw new RunError(`there is no Pulumi.yaml in ${from} or above it`);
  }
}

/** The only setting read through Pulumi: which of the two configuration files this run uses. */
function readProfile({ profileFiles, stack }: Project): Profile {
  const profile = new Config().get("profile");
  if (profile === "normal" || profile === "rush") return profile;
  throw new RunError(
    `this run has no profile; say which: \`pulumi up --stack ${stack} --config-file ${profileFiles.normal}\`` +
      ` or \`--config-file ${profileFiles.rush}\``,
  );
}

async function readTls(project: Project, cloud: string, stored: ReadStored): Promise<string> {
  const { system, settings } = project;
  if (system.certificate === undefined) return "";
  const { variable, domains, source } = system.certificate;
  if (source(settings.normal).kind === "acme") return await readStoredTls(stored);
  const file = process.env[variable];
  if (file === undefined || file === "") {
    throw new RunError(
      `the load balancer needs a certificate: set ${variable} to a PKCS#12 file without password` +
        ' (on the local cloud: `eval "$(npx lor-infra cloud env)"`)',
    );
  }
  try {
    const certificate = await readCertificate(file, variable);
    // The local cloud's own certificate is not trusted by any client, whatever its names are.
    if (cloud !== "local") requireUsable(certificate, { domains: domains(settings.normal), now: systemClock.now() });
    return certificate.pkcs12;
  } catch (error) {
    throw error instanceof LorError ? new RunError(renderError(error)) : error;
  }
}

/** The certificate that `lor-infra up` or `certificate renew` has stored with the stack. */
async function readStoredTls(stored: ReadStored): Promise<string> {
  const { current } = await stored();
  if (current !== undefined) return current.pkcs12;
  throw new RunError("the stack has no certificate yet; next: lor-infra up");
}

/** Fingerprint of the account whose http-01 checks the members answer; undefined: another check, or none. */
async function readThumbprint(project: Project, stored: ReadStored): Promise<string | undefined> {
  const source = project.system.certificate?.source(project.settings.normal);
  if (source?.kind !== "acme" || source.challenge !== "http-01") return undefined;
  const key = (await stored()).accounts[source.directory];
  if (key !== undefined) return thumbprintOf(key);
  throw new RunError("the stack has no account at the certificate authority yet; next: lor-infra up");
}

/** What is stored of the certificate, read at the first use only: opening it derives a key for half a second. */
function storedContent(project: Project, cloud: string): ReadStored {
  let content: Promise<CertificateContent> | undefined;
  return () => {
    content ??= readStore(project, cloud);
    return content;
  };
}

async function readStore(project: Project, cloud: string): Promise<CertificateContent> {
  const folder = stackFolder(stateHome(project.dir, process.env), cloud, project.stack);
  try {
    return await (await openCertificates(project, folder, cloud, process.env)).read();
  } catch (error) {
    throw error instanceof LorError ? new RunError(renderError(error)) : error;
  }
}

function renderIssues(title: string, issues: readonly Issue[]): string {
  return [`${title}:`, ...issues.map((issue) => `- ${issue.path}: ${issue.message} (${issue.code})`)].join("\n");
}

function renderError(error: LorError): string {
  const details = [
    error.seen === undefined ? undefined : `seen: ${error.seen}`,
    error.accepted === undefined ? undefined : `accepted: ${error.accepted}`,
    error.next === undefined ? undefined : `next: ${error.next}`,
  ].filter((line) => line !== undefined);
  return [`${error.message} (${error.code})`, ...details].join("\n");
}

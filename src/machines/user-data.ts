import { renderContent } from "./content.ts";
import type { GuestIdentity, GuestRole } from "./document.ts";

/**
 * Additions to a guest's user data. Every change of user data **replaces the machine**: an administrator's key that may change belongs in the
 * document (`administratorKeys`), which only changes a file.
 */
export interface UserDataOptions {
  /** Key of the image's own user (`debian`), as in an `authorized_keys` file; none by default. */
  readonly sshPublicKey?: string;
}

const roles: readonly GuestRole[] = ["prestashop", "odoo", "bastion"];

const identityPath = "/etc/lor/identity.json";

/** The bootstrap: what a machine needs to fetch its document and hand it over. Everything else is in the document. */
const bootstrap = [
  ["/etc/ssh/sshd_config.d/10-lor.conf", "0644", "roles/sshd/files/10-lor.conf"],
  ["/etc/apt/apt.conf.d/20auto-upgrades", "0644", "roles/unattended_upgrades/files/20auto-upgrades"],
  ["/usr/local/sbin/lor-fetch", "0755", "bootstrap/lor-fetch.py"],
  ["/etc/systemd/system/lor-fetch.service", "0644", "bootstrap/lor-fetch.service"],
  ["/etc/systemd/system/lor-fetch.timer", "0644", "bootstrap/lor-fetch.timer"],
  ["/etc/systemd/system/lor-metadata-guard.service", "0644", "bootstrap/lor-metadata-guard.service"],
] as const;

/**
 * Cloud-config of a guest (Debian 12's cloud image): its identity and a small bootstrap. The text depends on the arguments
 * only, and is kept byte for byte from release to release, because the cloud can't change it without making the machine anew.
 * It holds the signed address of the document: mark it secret.
 */
export function renderUserData(identity: GuestIdentity, options: UserDataOptions = {}): string {
  const { name, role, documentUrl } = identity;
  const files = [
    writeFile(identityPath, "0600", `${asciiJson({ name, role, documentUrl })}\n`),
    ...bootstrap.map(([path, mode, source]) => writeFile(path, mode, renderContent(source))),
  ];
  const keys =
    options.sshPublicKey === undefined ? "" : `ssh_authorized_keys:\n  - ${asciiJson(options.sshPublicKey.trim())}\n`;
  return renderContent("bootstrap/cloud-config.txt", { files: files.join(""), keys });
}

/**
 * Reads a guest's identity back from its user data.
 *
 * @returns undefined when the text is not user data of `renderUserData`.
 */
export function parseIdentity(userData: string): GuestIdentity | undefined {
  if (!userData.startsWith("#cloud-config\n")) return undefined;
  const lines = userData.split("\n");
  const start = lines.indexOf(`  - path: ${identityPath}`);
  const text = start < 0 ? undefined : lines.slice(start).find((line) => line.startsWith("      {"));
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isIdentity(value) ? { name: value.name, role: value.role, documentUrl: value.documentUrl } : undefined;
  } catch {
    return undefined;
  }
}

function isIdentity(value: unknown): value is GuestIdentity {
  if (typeof value !== "object" || value === null) return false;
  const { name, role, documentUrl } = value as Record<string, unknown>;
  return typeof name === "string" && roles.some((known) => known === role) && typeof documentUrl === "string";
}

/** YAML refuses some characters that JSON lets through: all but plain ASCII is escaped. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** One entry of cloud-init's `write_files`; a literal block keeps the text readable and needs no escape. */
function writeFile(path: string, mode: string, content: string): string {
  const block = content
    .split("\n")
    .map((line) => (line === "" ? "" : `      ${line}`))
    .join("\n");
  return `  - path: ${path}\n    owner: root:root\n    permissions: "${mode}"\n    content: |\n${block}`;
}

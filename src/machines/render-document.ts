import { ExitCode, LorError } from "../core/errors.ts";
import { accessFiles, sshdFile } from "./access/files.ts";
import { bastionFiles } from "./bastion/files.ts";
import { contentFile } from "./content.ts";
import type { BastionDocument, GuestDocument, GuestFile } from "./document.ts";
import { logsFiles } from "./logs/files.ts";
import { odooFiles } from "./odoo/files.ts";
import { prestashopFiles } from "./prestashop/files.ts";

/** Contents of a guest's document, except the texts. */
export type GuestDocumentInput = Omit<GuestDocument, "files" | "version">;

/** Application secrets that each role needs; each at least 32 characters. Everything else is derived from them on the guest. */
export const guestSecretNames = {
  /**
   * Key of the shop's cookies and of what PrestaShop encrypts; the same on every front, and kept: changing it logs everyone out. And the first password of
   * the shop's first administrator.
   */
  prestashop: ["cookieKey", "adminPassword"],
  /** Master password of Odoo (its database manager is closed anyway), and first password of its user `admin`. */
  odoo: ["masterPassword", "adminPassword"],
} as const satisfies Readonly<Record<GuestDocument["role"], readonly string[]>>;

/**
 * The document of a guest: the input and the files of its role. No secret of the input is in a file: scripts on the guest fill
 * them in, into files that only the service can read.
 *
 * @throws LorError `guest-value-refused` when a value can't be written into a configuration file as it is, or a secret of
 *   `guestSecretNames` is missing.
 */
export function renderGuestDocument(input: GuestDocumentInput): GuestDocument {
  refuseUnsafe(input);
  const files = input.role === "prestashop" ? prestashopFiles(input) : odooFiles(input);
  const access = input.hostKeysUrl === undefined ? [] : [...accessFiles(), sshdFile()];
  const operation = [...access, ...(input.logs === undefined ? [] : logsFiles())];
  return { version: 1, ...input, files: [...machineFiles(), ...applicationFiles(), ...operation, ...files] };
}

/** The document of a bastion. @throws LorError `guest-value-refused`, as `renderGuestDocument` */
export function renderBastionDocument(input: Omit<BastionDocument, "files" | "version">): BastionDocument {
  refuse(input.name, [
    ["administratorKeys", "one line each", areLines(input.administratorKeys)],
    [
      "machines",
      "at least one IPv4 address",
      input.machines.length > 0 && input.machines.every((each) => ipv4.test(each)),
    ],
  ]);
  const logs = input.logs === undefined ? [] : logsFiles();
  return { version: 1, ...input, files: [...machineFiles(), ...accessFiles(), ...logs, ...bastionFiles(input)] };
}

/** Files of every machine: the scripts that apply a document. */
function machineFiles(): GuestFile[] {
  const library = ["bundle", "copy", "drift", "files", "machine", "release", "services", "volume"];
  return [
    contentFile("/usr/local/lib/lor/lor_access.py", "0644", "access/lor_access.py"),
    contentFile("/usr/local/lib/lor/lor_logs.py", "0644", "logs/lor_logs.py"),
    contentFile("/usr/local/sbin/lor-apply", "0755", "machine/lor-apply.py"),
    contentFile("/usr/local/sbin/lor-drift", "0755", "machine/lor-drift.py"),
    ...library.map((name) => contentFile(`/usr/local/lib/lor/lor_${name}.py`, "0644", `machine/lor_${name}.py`)),
    contentFile(
      "/etc/apt/apt.conf.d/52lor-unattended-upgrades",
      "0644",
      "roles/unattended_upgrades/files/52lor-unattended-upgrades",
    ),
    contentFile("/etc/ssh/sshd_config.d/10-lor.conf", "0644", "roles/sshd/files/10-lor.conf"),
  ];
}

/** Files of a machine with a data volume and an application. */
function applicationFiles(): GuestFile[] {
  return [
    contentFile("/usr/local/sbin/lor-app", "0755", "machine/lor-app.py"),
    contentFile("/usr/local/lib/lor/lor_condition.py", "0644", "machine/lor_condition.py"),
    contentFile("/etc/systemd/system/lor-app-install.service", "0644", "machine/lor-app-install.service"),
    contentFile("/etc/systemd/system/srv.mount", "0644", "machine/srv.mount"),
    contentFile("/etc/systemd/system/lor-tune.service", "0644", "machine/lor-tune.service"),
  ];
}

const hostName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const proxy = /^[0-9a-fA-F.:]+(\/[0-9]{1,3})?$/;
const version = /^[0-9A-Za-z][0-9A-Za-z.+~-]{0,63}$/;
const oneLine = /^[\x20-\x7e]*$/;
const ipv4 = /^\d{1,3}(\.\d{1,3}){3}$/;

type Check = readonly [path: string, accepted: string, ok: boolean];

function areLines(keys: readonly string[] = []): boolean {
  return keys.every((key) => oneLine.test(key.trim()));
}

function isChildren({ role, phpChildren = 1 }: GuestDocumentInput): boolean {
  return Number.isInteger(phpChildren) && phpChildren >= 1 && (role === "prestashop" || phpChildren === 1);
}

/** A value with a quote, a brace or a line break would be read as configuration. */
function refuseUnsafe(input: GuestDocumentInput): void {
  const copies = [input.filestore, input.imagesCopy].filter((copy) => copy !== undefined);
  const { ca: _ca, port: _port, administrator, ...database } = input.database;
  const credentials = [database, administrator ?? {}, input.storage, input.copies].flatMap((part) =>
    Object.values<string>(part),
  );
  refuse(input.name, [
    ["domain", "a host name in lower case", hostName.test(input.domain)],
    ["release.version", "letters, digits and .+~- (at most 64)", version.test(input.release.version)],
    ["release.sha256", "64 hexadecimal digits", /^[0-9a-f]{64}$/.test(input.release.sha256)],
    ["release.url", "an https address", /^https?:\/\/[\x21-\x7e]+$/.test(input.release.url)],
    ["trustedProxies", "addresses or CIDR blocks", input.trustedProxies.every((each) => proxy.test(each))],
    ["administratorKeys", "one line each", areLines(input.administratorKeys)],
    ["database.host", "a host name or an address", /^[0-9A-Za-z.:-]+$/.test(input.database.host)],
    ["database and storage", "plain printable text", credentials.every((value) => oneLine.test(value))],
    ["allowFrom", "networks as CIDR", (input.allowFrom ?? []).every((each) => proxy.test(each))],
    ["mail", "a host name, a user and a port", input.mail === undefined || isRelay(input)],
    ["tasks", "commands in printable text, for prestashop", (input.tasks ?? []).every(isTask)],
    ["filestore", "only for odoo, and needed there", (input.role === "odoo") === (input.filestore !== undefined)],
    [
      "authority.directory",
      "an https address",
      input.authority === undefined || /^https:\/\/[0-9A-Za-z.:/_~-]+$/.test(input.authority.directory),
    ],
    ["authority.email", "an e-mail address", /^([^\s"'\\%$@]+@[0-9A-Za-z.-]+)?$/.test(input.authority?.email ?? "")],
    ["acmeThumbprint", "43 letters of base64url", /^([A-Za-z0-9_-]{43})?$/.test(input.acmeThumbprint ?? "")],
    ["imagesCopy", "only for prestashop", input.role === "prestashop" || input.imagesCopy === undefined],
    ["phpChildren", "a whole number from 1, only for prestashop", isChildren(input)],
    [
      "copyEverySeconds, copyTimeoutSeconds",
      "whole seconds from 60",
      copies.every((copy) =>
        [copy.copyEverySeconds, copy.copyTimeoutSeconds].every((n) => Number.isInteger(n) && n >= 60),
      ),
    ],
    ...guestSecretNames[input.role].map(
      (name) => [`secrets.${name}`, "at least 32 characters", (input.secrets[name] ?? "").length >= 32] as const,
    ),
  ]);
}

function refuse(guest: string, checks: readonly Check[]): void {
  const refused = checks.find(([, , ok]) => !ok);
  if (refused === undefined) return;
  const [path, accepted] = refused;
  throw new LorError({
    code: "guest-value-refused",
    message: `the document of guest ${guest} can't be written: ${path} is not ${accepted}`,
    exit: ExitCode.usage,
    culprit: "user",
    path,
    accepted,
  });
}

function isRelay({ mail, secrets }: GuestDocumentInput): boolean {
  if (mail === undefined) return true;
  const password = mail.user === undefined || oneLine.test(secrets.mailPassword ?? "\n");
  return hostName.test(mail.host) && oneLine.test(mail.user ?? "") && password;
}

function isTask({ name, command, everySeconds }: NonNullable<GuestDocument["tasks"]>[number]): boolean {
  return (
    /^[a-z][a-z0-9-]{0,40}$/.test(name) &&
    command.length > 0 &&
    command.every((word) => oneLine.test(word)) &&
    everySeconds >= 60
  );
}

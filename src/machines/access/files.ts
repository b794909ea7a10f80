import { contentFile } from "../content.ts";
import type { GuestFile } from "../document.ts";

/** Files of a machine that administrators log in to. */
export function accessFiles(): GuestFile[] {
  return [
    contentFile("/usr/local/sbin/lor-session", "0755", "access/lor-session.py"),
    contentFile("/usr/local/sbin/lor-host-keys", "0755", "access/lor-host-keys.py"),
    contentFile("/etc/systemd/system/lor-host-keys.service", "0644", "access/lor-host-keys.service"),
  ];
}

/** Configuration of the SSH server on a machine behind the bastion. */
export function sshdFile(): GuestFile {
  return contentFile("/etc/ssh/sshd_config.d/20-lor-access.conf", "0644", "access/sshd.conf");
}

/** A person who may log in. */
export interface Administrator {
  readonly name: string;
  /** Type and key of an OpenSSH public key file. */
  readonly key: string;
}

/** Lines of an `authorized_keys` file; the name is in the session's environment, for the session log. */
export function authorizedKeys(administrators: readonly Administrator[]): readonly string[] {
  return administrators.map(({ name, key }) => `environment="LOR_ADMINISTRATOR=${name}" ${key}`);
}

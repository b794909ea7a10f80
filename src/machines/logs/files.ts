import { contentFile } from "../content.ts";
import type { GuestFile } from "../document.ts";

/** Files of a machine that sends its journal elsewhere. */
export function logsFiles(): GuestFile[] {
  return [
    contentFile("/usr/local/sbin/lor-logs", "0755", "logs/lor-logs.py"),
    contentFile("/etc/systemd/system/lor-logs.service", "0644", "logs/lor-logs.service"),
    contentFile("/etc/systemd/journald.conf.d/20-lor.conf", "0644", "logs/journald.conf"),
  ];
}

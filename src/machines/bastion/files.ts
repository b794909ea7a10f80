import { contentFile } from "../content.ts";
import type { BastionDocument, GuestFile } from "../document.ts";

/** Files of a bastion, besides those of every machine. */
export function bastionFiles({ machines, shell }: Pick<BastionDocument, "machines" | "shell">): GuestFile[] {
  return [
    contentFile("/usr/local/lib/lor/lor_role.py", "0644", "bastion/lor_role.py"),
    contentFile("/etc/ssh/sshd_config.d/20-lor-access.conf", "0644", "bastion/sshd.conf", {
      users: shell ? "jump debian" : "jump",
      permitOpen: machines.map((address) => `${address}:22`).join(" "),
    }),
  ];
}

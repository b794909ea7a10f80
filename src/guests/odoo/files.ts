import { renderContent } from "../content.ts";
import type { GuestDocument, GuestFile } from "../document.ts";

type OdooInput = Pick<GuestDocument, "domain" | "trustedProxies" | "filestore">;

/** Files of the Odoo server, without any secret. */
export function odooFiles(input: OdooInput): GuestFile[] {
  const trusted = [...new Set(input.trustedProxies)];
  const nginx = {
    domain: input.domain,
    realIp: trusted.map((each) => `set_real_ip_from ${each};`).join("\n"),
  };
  return [
    script("/usr/local/sbin/lor-tune", "odoo/lor-tune.py"),
    script("/usr/local/sbin/lor-certificate", "odoo/lor-certificate.sh"),
    text("/usr/local/lib/lor/lor_role.py", "odoo/lor_role.py"),
    { path: "/etc/nginx/sites-available/lor", mode: "0644", content: renderContent("odoo/nginx.conf", nginx) },
    text("/etc/systemd/system/lor-odoo.service", "odoo/lor-odoo.service"),
    {
      path: "/etc/systemd/system/lor-certificate.service",
      mode: "0644",
      content: renderContent("odoo/lor-certificate.service", { domain: input.domain }),
    },
    text("/etc/systemd/system/lor-certificate.timer", "odoo/lor-certificate.timer"),
    ...(input.filestore === undefined ? [] : filestoreCopyFiles(input.filestore)),
  ];
}

function filestoreCopyFiles(copy: NonNullable<GuestDocument["filestore"]>): GuestFile[] {
  return [
    script("/usr/local/sbin/lor-filestore-copy", "odoo/lor-filestore-copy.py"),
    {
      path: "/etc/systemd/system/lor-filestore-copy.service",
      mode: "0644",
      content: renderContent("odoo/lor-filestore-copy.service", { timeoutSeconds: String(copy.copyTimeoutSeconds) }),
    },
    {
      path: "/etc/systemd/system/lor-filestore-copy.timer",
      mode: "0644",
      content: renderContent("odoo/lor-filestore-copy.timer", { everySeconds: String(copy.copyEverySeconds) }),
    },
  ];
}

function script(path: string, source: string): GuestFile {
  return { path, mode: "0755", content: renderContent(source) };
}

function text(path: string, source: string): GuestFile {
  return { path, mode: "0644", content: renderContent(source) };
}

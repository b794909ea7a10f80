import { contentFile } from "../content.ts";
import type { GuestDocument, GuestFile } from "../document.ts";

type OdooInput = Pick<GuestDocument, "domain" | "trustedProxies" | "filestore" | "allowFrom" | "authority">;

const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";

/** Files of the Odoo server, without any secret. */
export function odooFiles(input: OdooInput): GuestFile[] {
  const trusted = [...new Set(input.trustedProxies)];
  const nginx = {
    domain: input.domain,
    realIp: trusted.map((each) => `set_real_ip_from ${each};`).join("\n"),
    allowed: allowList(input.allowFrom),
  };
  return [
    contentFile("/usr/local/sbin/lor-tune", "0755", "odoo/lor-tune.py"),
    contentFile("/usr/local/sbin/lor-odoo", "0755", "odoo/lor-odoo.py"),
    contentFile("/usr/local/sbin/lor-certificate", "0755", "odoo/lor-certificate.sh"),
    contentFile("/usr/local/lib/lor/lor_role.py", "0644", "odoo/lor_role.py"),
    contentFile("/usr/local/lib/lor/lor_application.py", "0644", "odoo/lor_application.py"),
    contentFile("/usr/local/lib/lor/lor_filestore.py", "0644", "odoo/lor_filestore.py"),
    contentFile("/usr/local/lib/lor/lor_erp.py", "0644", "odoo/lor_erp.py"),
    contentFile("/etc/nginx/sites-enabled/lor", "0644", "odoo/nginx.conf", nginx),
    contentFile("/usr/local/sbin/lor-health", "0755", "odoo/lor-health.py"),
    contentFile("/etc/systemd/system/lor-health.service", "0644", "odoo/lor-health.service"),
    contentFile("/etc/systemd/system/lor-odoo.service", "0644", "odoo/lor-odoo.service"),
    contentFile("/etc/systemd/system/lor-certificate.service", "0644", "odoo/lor-certificate.service", {
      domain: input.domain,
      directory: input.authority?.directory ?? letsEncrypt,
      email: input.authority?.email ?? "",
    }),
    contentFile("/etc/systemd/system/lor-certificate.timer", "0644", "odoo/lor-certificate.timer"),
    ...(input.filestore === undefined ? [] : filestoreCopyFiles(input.filestore)),
  ];
}

function filestoreCopyFiles(copy: NonNullable<GuestDocument["filestore"]>): GuestFile[] {
  return [
    contentFile("/usr/local/sbin/lor-filestore-copy", "0755", "odoo/lor-filestore-copy.py"),
    contentFile("/etc/systemd/system/lor-filestore-copy.service", "0644", "odoo/lor-filestore-copy.service", {
      timeoutSeconds: String(copy.copyTimeoutSeconds),
    }),
    contentFile("/etc/systemd/system/lor-filestore-copy.timer", "0644", "odoo/lor-filestore-copy.timer", {
      everySeconds: String(copy.copyEverySeconds),
    }),
  ];
}

/** Who may open the ERP. The security group says the same; this holds on a machine whose group somebody opened by hand. */
function allowList(networks: readonly string[] | undefined): string {
  if (networks === undefined) return "# Anyone may open it.";
  return [...networks.map((network) => `allow ${network};`), "deny all;"].join("\n    ");
}

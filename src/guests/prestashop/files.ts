import { renderContent } from "../content.ts";
import type { GuestDocument, GuestFile } from "../document.ts";

type ShopInput = Pick<GuestDocument, "domain" | "trustedProxies" | "imagesCopy">;

/** Files of a PrestaShop front, without any secret. */
export function prestashopFiles(input: ShopInput): GuestFile[] {
  const trusted = [...new Set(input.trustedProxies)];
  const nginx = {
    domain: input.domain,
    realIp: trusted.map((each) => `set_real_ip_from ${each};`).join("\n"),
  };
  return [
    script("/usr/local/sbin/lor-tune", "prestashop/lor-tune.py"),
    text("/usr/local/lib/lor/lor_role.py", "prestashop/lor_role.py"),
    text("/usr/local/lib/lor/database.php", "prestashop/database.php"),
    text("/usr/local/lib/lor/health.php", "prestashop/health.php"),
    text("/usr/local/lib/lor/sessions.php", "prestashop/sessions.php"),
    text("/usr/local/lib/lor/overlay/app/config/parameters.php", "prestashop/overlay/parameters.php"),
    text("/usr/local/lib/lor/overlay/app/config/addons/lor.yml", "prestashop/overlay/lor.yml"),
    text("/usr/local/lib/lor/overlay/override/classes/db/DbPDO.php", "prestashop/overlay/DbPDO.php"),
    { path: "/etc/nginx/sites-available/lor", mode: "0644", content: renderContent("prestashop/nginx.conf", nginx) },
    text("/etc/php/8.2/fpm/pool.d/lor.conf", "prestashop/php-fpm.conf"),
    text("/etc/systemd/system/lor-images.service", "prestashop/lor-images.service"),
    ...(input.imagesCopy === undefined ? [] : imagesCopyFiles(input.imagesCopy)),
  ];
}

function imagesCopyFiles(copy: NonNullable<GuestDocument["imagesCopy"]>): GuestFile[] {
  return [
    script("/usr/local/sbin/lor-images-copy", "prestashop/lor-images-copy.py"),
    {
      path: "/etc/systemd/system/lor-images-copy.service",
      mode: "0644",
      content: renderContent("prestashop/lor-images-copy.service", { timeoutSeconds: String(copy.copyTimeoutSeconds) }),
    },
    {
      path: "/etc/systemd/system/lor-images-copy.timer",
      mode: "0644",
      content: renderContent("prestashop/lor-images-copy.timer", { everySeconds: String(copy.copyEverySeconds) }),
    },
  ];
}

function script(path: string, source: string): GuestFile {
  return { path, mode: "0755", content: renderContent(source) };
}

function text(path: string, source: string): GuestFile {
  return { path, mode: "0644", content: renderContent(source) };
}

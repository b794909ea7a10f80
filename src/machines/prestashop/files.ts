import { contentFile } from "../content.ts";
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
    contentFile("/usr/local/sbin/lor-tune", "0755", "prestashop/lor-tune.py"),
    contentFile("/usr/local/sbin/lor-clean", "0755", "prestashop/lor-clean.py"),
    contentFile("/etc/systemd/system/lor-clean.service", "0644", "prestashop/lor-clean.service"),
    contentFile("/usr/local/lib/lor/lor_role.py", "0644", "prestashop/lor_role.py"),
    contentFile("/usr/local/lib/lor/database.php", "0644", "prestashop/database.php"),
    contentFile("/usr/local/lib/lor/health.php", "0644", "prestashop/health.php"),
    contentFile("/usr/local/lib/lor/sessions.php", "0644", "prestashop/sessions.php"),
    contentFile("/usr/local/lib/lor/overlay/app/config/parameters.php", "0644", "prestashop/overlay/parameters.php"),
    contentFile("/usr/local/lib/lor/overlay/app/config/addons/lor.yml", "0644", "prestashop/overlay/lor.yml"),
    contentFile("/usr/local/lib/lor/overlay/override/classes/db/DbPDO.php", "0644", "prestashop/overlay/DbPDO.php"),
    contentFile("/etc/nginx/sites-enabled/lor", "0644", "prestashop/nginx.conf", nginx),
    contentFile("/etc/php/8.2/fpm/pool.d/lor.conf", "0644", "prestashop/php-fpm.conf"),
    contentFile("/etc/systemd/system/lor-images.service", "0644", "prestashop/lor-images.service"),
    ...(input.imagesCopy === undefined ? [] : imagesCopyFiles(input.imagesCopy)),
  ];
}

function imagesCopyFiles(copy: NonNullable<GuestDocument["imagesCopy"]>): GuestFile[] {
  return [
    contentFile("/usr/local/sbin/lor-images-copy", "0755", "prestashop/lor-images-copy.py"),
    contentFile("/etc/systemd/system/lor-images-copy.service", "0644", "prestashop/lor-images-copy.service", {
      timeoutSeconds: String(copy.copyTimeoutSeconds),
    }),
    contentFile("/etc/systemd/system/lor-images-copy.timer", "0644", "prestashop/lor-images-copy.timer", {
      everySeconds: String(copy.copyEverySeconds),
    }),
  ];
}

import { contentFile } from "../content.ts";
import type { GuestDocument, GuestFile } from "../document.ts";

type ShopInput = Pick<
  GuestDocument,
  "domain" | "trustedProxies" | "imagesCopy" | "database" | "phpChildren" | "acmeThumbprint"
>;

/** Names of the front's PHP programs, without their ending. */
const libraries = [
  "asset",
  "assets",
  "database",
  "front",
  "health",
  "install",
  "pages",
  "run-installer",
  "sessions",
  "shop",
  "shop-state",
  "tasks",
  "try-release",
] as const;

const challengeFile = "/etc/lor/nginx-challenge.conf";

/** Files of a PrestaShop front, without any secret. */
export function prestashopFiles(input: ShopInput): GuestFile[] {
  const trusted = [...new Set(input.trustedProxies)];
  const nginx = {
    domain: input.domain,
    realIp: trusted.map((each) => `set_real_ip_from ${each};`).join("\n"),
  };
  const ca = input.database.ca !== undefined;
  const overlay = "/usr/local/lib/lor/overlay";
  return [
    contentFile("/usr/local/sbin/lor-tune", "0755", "prestashop/lor-tune.py"),
    ...(input.phpChildren === undefined ? [] : [tuningFile(input.phpChildren)]),
    contentFile("/usr/local/sbin/lor-clean", "0755", "prestashop/lor-clean.py"),
    contentFile("/etc/systemd/system/lor-clean.service", "0644", "prestashop/lor-clean.service"),
    contentFile("/usr/local/lib/lor/lor_role.py", "0644", "prestashop/lor_role.py"),
    contentFile("/usr/local/lib/lor/lor_application.py", "0644", "prestashop/lor_application.py"),
    contentFile("/usr/local/lib/lor/lor_shop.py", "0644", "prestashop/lor_shop.py"),
    contentFile("/usr/local/lib/lor/lor_api_keys.py", "0644", "prestashop/lor_api_keys.py"),
    ...libraries.map((name) => contentFile(`/usr/local/lib/lor/${name}.php`, "0644", `prestashop/${name}.php`)),
    contentFile(`${overlay}/app/config/parameters.php`, "0644", "prestashop/overlay/parameters.php"),
    contentFile(`${overlay}/app/config/addons/lor.yml`, "0644", "prestashop/overlay/lor.yml", {
      databaseCa: ca ? "/etc/lor/database-ca.pem" : "/etc/ssl/certs/ca-certificates.crt",
      databaseVerified: ca ? "1" : "0",
    }),
    contentFile(`${overlay}/override/classes/db/DbPDO.php`, "0644", "prestashop/overlay/DbPDO.php"),
    contentFile("/usr/local/sbin/lor-front", "0755", "prestashop/lor-front.py"),
    contentFile("/etc/systemd/system/lor-front.service", "0644", "prestashop/lor-front.service"),
    contentFile("/etc/systemd/system/lor-front.timer", "0644", "prestashop/lor-front.timer"),
    contentFile("/etc/tmpfiles.d/lor.conf", "0644", "prestashop/tmpfiles.conf"),
    contentFile("/etc/lor/nginx-shop.conf", "0644", "prestashop/nginx-shop.conf"),
    // Always there: nginx includes it.
    input.acmeThumbprint === undefined
      ? { path: challengeFile, mode: "0644", content: "# No certificate authority checks a name by a file here.\n" }
      : contentFile(challengeFile, "0644", "prestashop/nginx-challenge.conf", { thumbprint: input.acmeThumbprint }),
    contentFile("/etc/nginx/sites-enabled/lor", "0644", "prestashop/nginx.conf", nginx),
    contentFile("/etc/php/8.2/fpm/pool.d/lor.conf", "0644", "prestashop/php-fpm.conf"),
    contentFile("/etc/systemd/system/lor-images.service", "0644", "prestashop/lor-images.service"),
    ...(input.imagesCopy === undefined ? [] : imagesCopyFiles(input.imagesCopy)),
  ];
}

/** Limits of the settings, which lor-tune keeps to. */
function tuningFile(phpChildren: number): GuestFile {
  return { path: "/etc/lor/tuning.json", mode: "0644", content: `${JSON.stringify({ phpChildren })}\n` };
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

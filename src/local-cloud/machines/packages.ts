/**
 * Debian packages of the image from which machines boot. What a role installs at boot is in the image already, because a machine of the local
 * cloud reaches no package archive.
 */
export const imagePackages: readonly string[] = [
  // A Debian cloud image without its kernel.
  "apt-utils",
  "cloud-guest-utils",
  "cloud-init",
  "dbus",
  "e2fsprogs",
  "fdisk",
  "iproute2",
  "iputils-ping",
  "isc-dhcp-client",
  "kmod",
  "less",
  "libnss-resolve",
  "libpam-systemd",
  "netplan.io",
  "nftables",
  "openssh-server",
  "procps",
  "sudo",
  "systemd-resolved",
  "systemd-sysv",
  "systemd-timesyncd",
  "udev",
  "zstd",
  // Every role: src/machines/machine/lor-apply.py.
  "ca-certificates",
  "nginx-light",
  "prometheus-node-exporter",
  "unattended-upgrades",
  // A PrestaShop front: src/machines/prestashop/lor_role.py.
  ...["bcmath", "cli", "curl", "fpm", "gd", "intl", "mbstring", "mysql", "opcache", "xml", "zip"].map(
    (name) => `php8.2-${name}`,
  ),
  "fuse3",
  "rclone",
  // The Odoo server: src/machines/odoo/lor_role.py, and what Odoo's Debian package depends on.
  "adduser",
  "certbot",
  "fonts-dejavu-core",
  "openssl",
  "postgresql-client",
  "python3-psycopg2",
  "wkhtmltopdf",
  // Services of the cloud, run from the same image beside the machines.
  "dnsmasq-base",
  "mariadb-server",
  "postgresql-15",
];

#!/bin/sh
# Installs, where absent, the Debian packages of a set of programs: `guests` (they check the guests' files), `databases`, `machines` (they boot
# machines), or `load` (they put load on web servers). Starts no service.
set -eu
LC_ALL=C.UTF-8
export LC_ALL DEBIAN_FRONTEND=noninteractive

missing=""
want() { # program package
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
want_faketime() {
  set -- /usr/lib/*/faketime/libfaketime.so.1
  [ -e "$1" ] || missing="$missing libfaketime"
}
PATH="$PATH:/usr/sbin:/sbin"
case $1 in
guests)
  want cloud-init cloud-init
  want shellcheck shellcheck
  want nginx nginx-light
  want php-fpm8.2 php8.2-fpm
  want php8.2 php8.2-cli
  want rclone rclone
  want systemd-analyze systemd
  want openssl openssl
  [ -d /usr/lib/python3/dist-packages/aiosmtpd ] || missing="$missing python3-aiosmtpd"
  want certbot certbot
  want sshd openssh-server
  want ssh openssh-client
  [ -e /etc/php/8.2/mods-available/mysqlnd.ini ] || missing="$missing php8.2-mysql"
  want mariadbd mariadb-server
  [ -e /etc/php/8.2/mods-available/curl.ini ] || missing="$missing php8.2-curl"
  want_faketime
  ;;
databases)
  want mariadbd mariadb-server
  want psql postgresql-client
  want nft nftables
  [ -x /usr/lib/postgresql/15/bin/postgres ] || missing="$missing postgresql-15"
  ;;
machines)
  want systemd-nspawn systemd-container
  want mmdebstrap mmdebstrap
  want ip iproute2
  want mkfs.ext4 e2fsprogs
  want losetup mount
  want ps procps
  want ssh openssh-client
  want socat socat
  want_faketime
  ;;
load)
  want ab apache2-utils
  ;;
esac
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  echo "the tests need these Debian packages, and only root can install them: apt-get install$missing" >&2
  exit 1
fi

# Debian starts a service when its package is installed, unless this file answers 101. One that exists already is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi

log=$(mktemp)
# shellcheck disable=SC2086
install() { apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >"$log" 2>&1; }
if ! install; then
  apt-get update -qq -o DPkg::Lock::Timeout=300 >"$log" 2>&1 || true
  if ! install; then
    echo "the tests need these Debian packages, and they could not be installed:$missing" >&2
    tail -n 5 "$log" >&2
    exit 1
  fi
fi
rm -f "$log"

#!/bin/sh
# Installs, where absent and possible, the Debian packages that boot machines. Starts no service.
set -eu
LC_ALL=C.UTF-8
export LC_ALL DEBIAN_FRONTEND=noninteractive

missing=""
want() { # program package
  command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
PATH="$PATH:/usr/sbin:/sbin"
want systemd-nspawn systemd-container
want mmdebstrap mmdebstrap
want ip iproute2
want mkfs.ext4 e2fsprogs
want losetup mount
want ssh openssh-client
want socat socat
[ -n "$missing" ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "these Debian packages are missing:$missing" >&2
  exit 1
fi

log=$(mktemp)
# shellcheck disable=SC2086
install() { apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $missing >"$log" 2>&1; }
if ! install; then
  apt-get update -qq -o DPkg::Lock::Timeout=300 >"$log" 2>&1 || true
  if ! install; then
    echo "these Debian packages could not be installed:$missing" >&2
    tail -n 5 "$log" >&2
    exit 1
  fi
fi
rm -f "$log"

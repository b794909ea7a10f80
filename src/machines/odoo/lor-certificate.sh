#!/bin/sh
# Gets the certificate of a public name once it leads here: lor-certificate NAME DIRECTORY [EMAIL]. Debian's own certbot.timer renews it.
set -eu
name=$1
directory=$2
email=${3-}
live=/etc/letsencrypt/live/$name
# What another authority than the one of the settings has issued, certbot would keep until it expires.
if ! { [ -e "$live/fullchain.pem" ] && grep -qxF "server = $directory" "/etc/letsencrypt/renewal/$name.conf"; }; then
  if [ -n "$email" ]; then
    set -- --email "$email"
  else
    set -- --register-unsafely-without-email
  fi
  mkdir -p /var/www/lor-certificate
  certbot certonly --non-interactive --agree-tos "$@" --server "$directory" --force-renewal --cert-name "$name" \
    --webroot --webroot-path /var/www/lor-certificate --domain "$name" --deploy-hook "systemctl reload nginx.service"
fi
# Also for a certificate of an earlier run that was cut before this point.
changed=
for part in fullchain privkey; do
  if [ "$(readlink "/etc/lor/tls/$part.pem")" != "$live/$part.pem" ]; then
    ln -sf "$live/$part.pem" "/etc/lor/tls/$part.pem"
    changed=yes
  fi
done
[ -z "$changed" ] || systemctl reload-or-restart nginx.service

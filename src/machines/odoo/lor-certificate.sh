#!/bin/sh
# Gets the certificate of a public name once it leads here: lor-certificate NAME DIRECTORY [EMAIL]. Debian's own certbot.timer renews it.
set -eu
name=$1
directory=$2
email=${3-}
# Another authority than the one of the settings has issued it: certbot would keep it until it expires.
if [ -e "/etc/letsencrypt/live/$name/fullchain.pem" ] && grep -qxF "server = $directory" "/etc/letsencrypt/renewal/$name.conf"; then
  exit 0
fi
if [ -n "$email" ]; then
  set -- --email "$email"
else
  set -- --register-unsafely-without-email
fi
mkdir -p /var/www/lor-certificate
certbot certonly --quiet --non-interactive --agree-tos "$@" --server "$directory" --force-renewal \
  --webroot --webroot-path /var/www/lor-certificate --domain "$name" --deploy-hook "systemctl reload nginx.service"
for part in fullchain privkey; do
  ln -sf "/etc/letsencrypt/live/$name/$part.pem" "/etc/lor/tls/$part.pem"
done
systemctl reload nginx.service

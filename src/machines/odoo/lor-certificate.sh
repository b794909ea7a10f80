#!/bin/sh
# Gets the certificate of a public name once it leads here: lor-certificate NAME. Debian's own certbot.timer renews it.
set -eu
name=$1
if [ -e "/etc/letsencrypt/live/$name/fullchain.pem" ]; then
  exit 0
fi
mkdir -p /var/www/lor-certificate
certbot certonly --quiet --non-interactive --agree-tos --register-unsafely-without-email \
  --webroot --webroot-path /var/www/lor-certificate --domain "$name" --deploy-hook "systemctl reload nginx.service"
for part in fullchain privkey; do
  ln -sf "/etc/letsencrypt/live/$name/$part.pem" "/etc/lor/tls/$part.pem"
done
systemctl reload nginx.service

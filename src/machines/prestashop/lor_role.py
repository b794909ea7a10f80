"""What makes a PrestaShop front of a machine."""
import hashlib
import hmac
import json
import os
import shutil
import zipfile

from lor_files import File
from lor_machine import ROOT, Refused, at, run
from lor_services import systemctl

PHP = "8.2"
PACKAGES = ["php%s-%s" % (PHP, name) for name in ("fpm", "cli", "mysql", "intl", "gd", "zip", "mbstring", "xml", "curl", "bcmath", "opcache")]
PACKAGES += ["nginx-light", "rclone", "fuse3"]
OBSOLETE = ["/etc/nginx/sites-enabled/default", "/etc/php/%s/fpm/pool.d/www.conf" % PHP]
SETTINGS = "/etc/lor/shop.json"
DATABASE_CA = "/etc/lor/database-ca.pem"
RCLONE = "/etc/lor/rclone.conf"
OVERLAY = "/usr/local/lib/lor/overlay"
SHARED = "/srv/lor/images"
# Written by the shop while it runs; everything else belongs to root, so that a hole in a module can't rewrite the shop.
WRITABLE = ["var", "cache", "config", "themes", "translations", "mails", "localization"]
# On object storage, the same on every front.
ON_STORAGE = ["img", "upload", "download"]
USER = "www-data"
# How many times a new release is asked, a second apart, before the old one comes back.
PROBES = 10


def make_users():
    """Debian's own www-data serves."""


def secret_files(document):
    return [
        File(SETTINGS, 0o640, settings(document), group=USER),
        File(RCLONE, 0o600, rclone(document)),
        *([File(DATABASE_CA, 0o644, document["database"]["ca"])] if document["database"].get("ca") else []),
    ]


def settings(document):
    key = document["secrets"]["cookieKey"]
    database = {name: document["database"][name] for name in ("host", "port", "name", "user", "password")}
    database["ca"] = DATABASE_CA if document["database"].get("ca") else None
    value = {
        "database": database,
        "domain": document["domain"],
        "cookieKey": derive(key, "cookie")[:56],
        "cookieIv": derive(key, "iv")[:32],
        "newCookieKey": encryption_key(key),
        "secret": derive(key, "secret")[:56],
    }
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def derive(key, purpose):
    """One secret makes the others, the same on every front."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha512).hexdigest()


def encryption_key(key):
    """A key as the library that PrestaShop encrypts with writes it: header, 32 bytes, checksum of both, in hexadecimal."""
    body = bytes.fromhex("def00000") + hmac.new(key.encode(), b"encryption", hashlib.sha256).digest()
    return (body + hashlib.sha256(body).digest()).hex()


def rclone(document):
    def bucket(name, storage):
        return (
            "[%s-account]\ntype = s3\nprovider = Other\nendpoint = %s\nregion = %s\naccess_key_id = %s\nsecret_access_key = %s\n"
            "no_check_bucket = true\n\n[%s]\ntype = alias\nremote = %s-account:%s\n\n"
            % (name, storage["endpoint"], storage["region"], storage["accessKey"], storage["secretKey"], name, name, storage["bucket"])
        )

    return bucket("images", document["storage"]) + bucket("copies", document["copies"])


def unpack(archive, folder):
    """PrestaShop's archive is a zip, with the shop in a second one inside."""
    try:
        with zipfile.ZipFile(archive) as outer:
            if "prestashop.zip" in outer.namelist():
                inner = outer.extract("prestashop.zip", os.path.dirname(archive))
                with zipfile.ZipFile(inner) as shop:
                    shop.extractall(folder)
                os.unlink(inner)
            else:
                outer.extractall(folder)
    except zipfile.BadZipFile as error:
        raise Refused("the release's archive is no zip") from error
    if not os.path.isfile(os.path.join(folder, "index.php")):
        raise Refused("the release's archive has no index.php at its top")
    # Under its own name the shop refuses to work beside it; under this one a person can still run it once, for a new shop.
    if os.path.isdir(os.path.join(folder, "install")):
        os.rename(os.path.join(folder, "install"), os.path.join(folder, "install-cli"))


def check():
    run(["nginx", "-t"])
    run(["php-fpm%s" % PHP, "-t"])


def before_switch(place, document, changed):
    """Everything that the release needs before the first request reaches it. Each part can be done again."""
    release = at(place)
    shutil.copytree(at(OVERLAY), release, dirs_exist_ok=True)
    administration = os.path.join(release, "admin")
    if os.path.isdir(administration):
        # PrestaShop renames this folder by chance at the first visit, which would differ from front to front.
        os.rename(administration, administration + derive(document["secrets"]["cookieKey"], "administration")[:10])
    if SETTINGS in changed:
        # Compiled from the old settings.
        shutil.rmtree(os.path.join(release, "var/cache"), ignore_errors=True)
    for name in WRITABLE:
        os.makedirs(os.path.join(release, name), exist_ok=True)
    if not ROOT:
        run(["chown", "-R", "%s:%s" % (USER, USER), *(os.path.join(release, name) for name in WRITABLE)])
    mount_images(changed)
    for name in ON_STORAGE:
        share(release, name)


def mount_images(changed):
    os.makedirs(at(SHARED), exist_ok=True)
    systemctl("enable", "lor-images.service")
    systemctl("restart" if changed & {RCLONE, "/etc/systemd/system/lor-images.service"} else "start", "lor-images.service")


def share(release, name):
    """Puts the folder that a release ships on object storage, without touching what is there, and a link in its place."""
    folder = os.path.join(release, name)
    if os.path.islink(folder):
        return
    if os.path.isdir(folder):
        run(["rclone", "--config", at(RCLONE), "copy", "--ignore-existing", folder, "images:%s" % name])
        os.rename(folder, folder + ".shipped")
    os.symlink(os.path.join(SHARED, name), folder)


def start(changed, released):
    """A new release needs PHP to forget the old one's compiled code: a reload does, without dropping a request."""
    systemctl("enable", "lor-tune.service", "lor-clean.service", "nginx.service", "php%s-fpm.service" % PHP, "prometheus-node-exporter.service")
    systemctl("reload-or-restart", "php%s-fpm.service" % PHP)
    systemctl("reload-or-restart", "nginx.service")
    systemctl("restart", "prometheus-node-exporter.service")
    if os.path.exists(at("/etc/systemd/system/lor-images-copy.timer")):
        systemctl("enable", "lor-images-copy.timer")
        systemctl("restart", "lor-images-copy.timer")

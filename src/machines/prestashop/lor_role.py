"""What makes a PrestaShop front of a machine."""
import hashlib
import hmac
import json
import os
import shutil
import subprocess
import zipfile

import lor_api_keys
import lor_release
import lor_shop
from lor_copy import remote
from lor_files import File
from lor_machine import ROOT, NotReady, Refused, at, run
from lor_services import systemctl

PACKAGES = ["php%s-%s" % (lor_shop.PHP, name) for name in ("fpm", "cli", "mysql", "intl", "gd", "zip", "mbstring", "xml", "curl", "bcmath", "opcache")]
PACKAGES += ["nginx-light", "rclone", "fuse3"]
OBSOLETE = ["/etc/nginx/sites-enabled/default", "/etc/php/%s/fpm/pool.d/www.conf" % lor_shop.PHP]
# Services that always run.
SERVICES = ["nginx.service", "php%s-fpm.service" % lor_shop.PHP, "prometheus-node-exporter.service"]
DATABASE_CA = "/etc/lor/database-ca.pem"
TRIAL = "/srv/lor/trial"
SHARED = "/srv/lor/images"
# On object storage, the same on every front.
ON_STORAGE = ["img", "upload", "download"]
# How many times a new release is asked, a second apart, before the old one comes back.
PROBES = 120


def make_users():
    """Debian's own www-data serves."""


def secret_files(document):
    return [
        File(lor_shop.SETTINGS, 0o640, settings(document), group=lor_shop.USER),
        File(lor_shop.RCLONE, 0o600, "".join(remote(name, document[part]) + "\n" for name, part in (("images", "storage"), ("copies", "copies")))),
        File(lor_shop.FIRST_PASSWORD, 0o600, document["secrets"]["adminPassword"] + "\n"),
        *([File(DATABASE_CA, 0o644, document["database"]["ca"])] if document["database"].get("ca") else []),
    ]


def settings(document):
    key = document["secrets"]["cookieKey"]
    database = {name: document["database"][name] for name in ("host", "port", "name", "user", "password")}
    database["ca"] = DATABASE_CA if document["database"].get("ca") else None
    public, private = lor_api_keys.api_keys(key)
    value = {
        "database": database,
        "domain": document["domain"],
        "cookieKey": derive(key, "cookie")[:56],
        "cookieIv": derive(key, "iv")[:32],
        "newCookieKey": encryption_key(key),
        "secret": derive(key, "secret")[:56],
        "apiPublicKey": public,
        "apiPrivateKey": private,
        "mail": mail(document),
        "machine": document["name"],
        "tasks": document.get("tasks", []),
    }
    return json.dumps(value, indent=2, sort_keys=True) + "\n"


def mail(document):
    """Relay of outgoing mail, or None. Its password is a secret of the document."""
    relay = document.get("mail")
    return {**relay, "password": document["secrets"].get("mailPassword")} if relay else None


def derive(key, purpose):
    """One secret makes the others, the same on every front."""
    return hmac.new(key.encode(), purpose.encode(), hashlib.sha512).hexdigest()


def encryption_key(key):
    """A key as the library that PrestaShop encrypts with writes it: header, 32 bytes, checksum of both, in hexadecimal."""
    body = bytes.fromhex("def00000") + hmac.new(key.encode(), b"encryption", hashlib.sha256).digest()
    return (body + hashlib.sha256(body).digest()).hex()


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
    run(["php-fpm%s" % lor_shop.PHP, "-t"])


def before_switch(place, document, changed):
    """Everything that the release needs before the first request reaches it. Each part can be done again."""
    release = at(place)
    shutil.copytree(at(lor_shop.OVERLAY), release, dirs_exist_ok=True)
    administration = os.path.join(release, "admin")
    if os.path.isdir(administration):
        # PrestaShop renames this folder by chance at the first visit, which would differ from front to front.
        os.rename(administration, administration + derive(document["secrets"]["cookieKey"], "administration")[:10])
    if lor_shop.SETTINGS in changed:
        # Compiled from the old settings.
        shutil.rmtree(os.path.join(release, "var/cache"), ignore_errors=True)
    for name in lor_shop.WRITABLE:
        os.makedirs(os.path.join(release, name), exist_ok=True)
    lor_shop.give_writable(release)
    mount_images(changed)
    for name in ON_STORAGE:
        share(release, name)
    state = lor_shop.shop_state("prepare")
    refuse_other_version(place, state)
    if state.get("kind") == "shop":
        lor_shop.lay_made(place, state)
    reload_services()
    try_release(place, state)


def refuse_other_version(place, state):
    """A release serves only with the tables of its own version: PrestaShop changes them from version to version."""
    if "error" in state:
        if lor_release.current() == place:
            return
        raise NotReady("whether the shop's tables fit the release is not known: %s" % state["error"])
    version = lor_shop.release_version(place)
    if state["kind"] != "shop" or version is None or state["version"] is None:
        return
    if numbers(version) != numbers(state["version"]):
        raise Refused("PrestaShop %s needs tables of its own version, and the shop's are of %s: the release is not put in place. "
                      "Name a release of %s in prestashop.release" % (version, state["version"], state["version"]))


def numbers(version):
    parts = [int(part) for part in version.split(".") if part.isdigit()]
    while parts and parts[-1] == 0:
        parts.pop()
    return parts


def reload_services():
    """PHP and nginx with the new configuration; a reload drops no request."""
    if not ROOT:
        run(["systemd-tmpfiles", "--create", "/etc/tmpfiles.d/lor.conf"])
    systemctl("reload-or-restart", "php%s-fpm.service" % lor_shop.PHP)
    systemctl("reload-or-restart", "nginx.service")


def try_release(place, state):
    """A new release must answer with its pages before a visitor reaches it; that also fills its caches."""
    if lor_release.current() in (None, place) or state.get("kind") != "shop":
        return
    lor_release.point(TRIAL, place)
    tried = subprocess.run(["php%s" % lor_shop.PHP, at("/usr/local/lib/lor/try-release.php")], check=False, stdout=subprocess.PIPE, text=True, **lor_shop.as_user())
    if tried.returncode != 0:
        raise Refused("the new release does not answer: %s" % tried.stdout.strip()[-300:])


def mount_images(changed):
    os.makedirs(at(SHARED), exist_ok=True)
    systemctl("enable", "lor-images.service")
    systemctl("restart" if changed & {lor_shop.RCLONE, "/etc/systemd/system/lor-images.service"} else "start", "lor-images.service")


def share(release, name):
    """Puts the folder that a release ships on object storage, without touching what is there, and a link in its place."""
    folder = os.path.join(release, name)
    if os.path.islink(folder):
        return
    if os.path.isdir(folder):
        run(["rclone", "--config", at(lor_shop.RCLONE), "copy", "--ignore-existing", folder, "images:%s" % name])
        os.rename(folder, folder + ".shipped")
    os.symlink(os.path.relpath(os.path.join(at(SHARED), name), release), folder)


def go_back(changed, released):
    """Called once the previous files are back."""
    reload_services()
    start(changed, released)


def start(changed, _released):
    """PHP and nginx are not reloaded again: before_switch has done that, and the trial has filled lor_shop.PHP's caches since."""
    systemctl("enable", "lor-tune.service", "lor-clean.service", "nginx.service", "php%s-fpm.service" % lor_shop.PHP, "prometheus-node-exporter.service")
    systemctl("restart", "prometheus-node-exporter.service")
    for timer in ("lor-images-copy.timer", "lor-front.timer"):
        if os.path.exists(at("/etc/systemd/system/" + timer)):
            systemctl("enable", timer)
            systemctl("restart", timer)

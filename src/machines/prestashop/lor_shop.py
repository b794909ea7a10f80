"""The shop's database, its files and the files of its installation, for the programs that set up a front and those that install the shop."""
import json
import os
import re
import shutil
import tarfile

from lor_files import checksum, read_json, write_json
from lor_machine import ROOT, Refused, at, run, run_as, small_environment

PHP = "8.2"
# Written by the shop while it runs; everything else belongs to root, so that a hole in a module can't rewrite the shop.
WRITABLE = ["var", "cache", "config", "themes", "translations", "mails", "localization"]
OVERLAY = "/usr/local/lib/lor/overlay"
RCLONE = "/etc/lor/rclone.conf"
FIRST_PASSWORD = "/etc/lor/prestashop-first-password"
SETTINGS = "/etc/lor/shop.json"
USER = "www-data"
# A copy of the release: the installer writes keys of its own into it, which must never be the shop's. At the depth of a release, so that its relative links hold.
WORK = "/srv/lor/install/release"
# Folders in which the installer leaves what every front needs: language packs, their mails, the theme's settings.
MADE = ["translations", "app/Resources/translations", "mails", "localization", "config/themes", "config/xml"]
LAID = "/var/lib/lor/installed-files.json"


def give_writable(release):
    """Folders that PHP writes to, a theme's combined style sheets among them."""
    if not ROOT:
        run(["chown", "-R", "--no-dereference", "%s:%s" % (USER, USER), *(os.path.join(release, name) for name in WRITABLE)])


def as_user():
    """Options of a process that runs as PHP does."""
    passed = {name: value for name, value in os.environ.items() if ROOT and (name.startswith("LOR_") or name == "SHOP_STANDIN_CUT")}
    return {"env": small_environment(passed), "cwd": "/", **run_as(USER)}


def php(program, *arguments):
    """Output of one of our programs, run as the shop's user."""
    return run(["php%s" % PHP, at("/usr/local/lib/lor/" + program), *arguments], **as_user())


def shop_state(*arguments):
    """What the shop's database holds, or {"error": reason}."""
    return json.loads(php("shop-state.php", *arguments).strip().splitlines()[-1])


def domain():
    with open(at(SETTINGS), encoding="utf-8") as file:
        return json.load(file)["domain"]


def release_version(place):
    """PrestaShop's own version of a release, or None when it does not say."""
    for path, pattern in (("install-cli/install_version.php", r"_PS_INSTALL_VERSION_['\"]\s*,\s*['\"]([0-9.]+)"),
                          ("src/Core/Version.php", r"const\s+VERSION\s*=\s*['\"]([0-9.]+)")):
        try:
            with open(os.path.join(at(place), path), encoding="utf-8") as file:
                found = re.search(pattern, file.read())
        except FileNotFoundError:
            continue
        if found:
            return found.group(1)
    return None


def store_made(place):
    """Packs what the installer added or changed, and stores it under its checksum."""
    release, work = at(place), at(WORK)
    archive = work + ".tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        for folder in MADE:
            for parent, _folders, names in os.walk(os.path.join(work, folder)):
                for name in sorted(names):
                    path = os.path.join(parent, name)
                    inside = os.path.relpath(path, work)
                    if os.path.isfile(path) and not os.path.islink(path) and not same(path, os.path.join(release, inside)):
                        tar.add(path, inside)
    seen = checksum(archive)
    run(["rclone", "--config", at(RCLONE), "copyto", archive, "images:" + made_object(seen)])
    os.unlink(archive)
    return {"files": seen, "filesOf": os.path.basename(place)}


def same(one, other):
    try:
        first, second = os.stat(one), os.stat(other)
    except FileNotFoundError:
        return False
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def made_object(digest):
    return "lor/installed/%s.tar.gz" % digest


def lay_made(place, state=None):
    """Lays the files that the installer made over the release that it ran in. Done again only when they change."""
    state = state or shop_state()
    digest = state.get("files")
    wanted = {"release": place, "files": digest}
    if not digest or state.get("filesOf") != os.path.basename(place) or read_json(LAID) == wanted:
        return
    archive = at("/srv/lor/installed.tar.gz")
    run(["rclone", "--config", at(RCLONE), "copyto", "images:" + made_object(digest), archive])
    if checksum(archive) != digest:
        raise Refused("the files of the installation have another checksum than the shop's database names")
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            path = os.path.normpath(member.name)
            if not member.isreg() or not any(path.startswith(folder + "/") for folder in MADE):
                raise Refused("the files of the installation name a place that is not theirs: %s" % member.name)
            target = os.path.join(at(place), path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target + ".lor", "wb") as out:
                shutil.copyfileobj(tar.extractfile(member), out)
            os.rename(target + ".lor", target)
    os.unlink(archive)
    give_writable(at(place))
    # Compiled without them.
    shutil.rmtree(os.path.join(at(place), "var/cache/prod"), ignore_errors=True)
    write_json(LAID, wanted)

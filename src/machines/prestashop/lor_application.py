"""PrestaShop as an application: installed once for all fronts, and its state in words."""
import json
import os
import shutil
import socket
import subprocess
import tarfile
import urllib.error
import urllib.request

import lor_role
from lor_files import checksum, read_json, write_json
from lor_machine import ROOT, NotReady, Refused, at, run

ROLE = "prestashop"
# A copy of the release: the installer writes keys of its own into it, which must never be the shop's. At the depth of a release, so that its relative links hold.
WORK = "/srv/lor/install/work"
# Folders in which the installer leaves what every front needs: language packs, their mails, the theme's settings.
MADE = ["translations", "app/Resources/translations", "mails", "localization", "config/themes", "config/xml"]
LAID = "/var/lib/lor/installed-files.json"


def install(place, request):
    """Installs the shop, or finds that it is installed. One front at a time, by a lock in the database."""
    if "email" not in request:
        raise Refused("the installation was asked for without an address: lor-app install --email ADDRESS")
    before = lor_role.shop_state()
    if "error" in before:
        raise NotReady(before["error"])
    try:
        if before["kind"] != "shop":
            copy_release(at(place), at(WORK))
        with open(at(lor_role.FIRST_PASSWORD), encoding="utf-8") as file:
            password = file.read().strip()
        order = {"email": request["email"], "password": password, "demoProducts": bool(request.get("demoProducts")),
                 "installer": at(WORK + "/install"), "version": lor_role.release_version(place) or "", "machine": socket.gethostname()}
        result = converse(order, place)
    finally:
        shutil.rmtree(at(WORK), ignore_errors=True)
    lay_made(place)
    # Someone may have run the installer in the release itself.
    shutil.copytree(at(lor_role.OVERLAY), at(place), dirs_exist_ok=True)
    if result.get("installed"):
        result["passwordFile"] = lor_role.FIRST_PASSWORD
    return result


def copy_release(release, work):
    """The release under the names that its installer knows, all of it writable for the installer."""
    if not os.path.isdir(os.path.join(release, "install-cli")):
        raise Refused("the release has no installer")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(os.path.dirname(work), exist_ok=True)
    run(["cp", "-a", "--reflink=auto", release, work])
    os.rename(os.path.join(work, "install-cli"), os.path.join(work, "install"))
    for name in os.listdir(work):
        if name.startswith("admin") and name != "admin-api" and not os.path.exists(os.path.join(work, "admin")):
            os.rename(os.path.join(work, name), os.path.join(work, "admin"))
    shutil.rmtree(os.path.join(work, "var/cache"), ignore_errors=True)
    os.makedirs(os.path.join(work, "var/cache"))
    if not ROOT:
        run(["chown", "-R", "--no-dereference", "%s:%s" % (lor_role.USER, lor_role.USER), work])


def converse(order, place):
    """Runs install.php, which holds the lock, and stores the files that the installer made before it is let go."""
    command = ["php%s" % lor_role.PHP, at("/usr/local/lib/lor/install.php")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **lor_role.as_user())
    last = ""
    with process:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            last = line.strip()
            if last == "files":
                process.stdin.write(json.dumps(store_made(place)) + "\n")
                process.stdin.flush()
            elif not last.startswith("{"):
                print("lor-app: %s" % last, flush=True)
    try:
        return json.loads(last)
    except ValueError:
        return {"installed": False, "reason": "the installation ended with %s; the same command again begins anew" % process.returncode}


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
    run(["rclone", "--config", at(lor_role.RCLONE), "copyto", archive, "images:" + made_object(seen)])
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
    state = state or lor_role.shop_state()
    digest = state.get("files")
    wanted = {"release": place, "files": digest}
    if not digest or state.get("filesOf") != os.path.basename(place) or read_json(LAID) == wanted:
        return
    archive = at("/srv/lor/installed.tar.gz")
    run(["rclone", "--config", at(lor_role.RCLONE), "copyto", "images:" + made_object(digest), archive])
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
    lor_role.give_writable(at(place))
    # Compiled without them.
    shutil.rmtree(os.path.join(at(place), "var/cache/prod"), ignore_errors=True)
    write_json(LAID, wanted)


def report(reasons):
    """What is known of the shop; what is not known is left out, with its reason."""
    state = lor_role.shop_state()
    found = {"notes": []}
    reasons["certificateDays"] = "HTTPS ends at the load balancer"
    if "error" in state:
        for name in ("installed", "tables", "lastOrder", "mail"):
            reasons[name] = state["error"]
    else:
        found.update(installed=state["kind"] == "shop", tables=state["tables"], lastOrder=state.get("lastOrder"), mail=state.get("mail"))
        if state["kind"] != "shop":
            reasons["installed"] = {
                "empty": "the database is empty: lor-infra app install",
                "half": "an installation began and did not end: lor-infra app install begins anew",
            }.get(state["kind"], "the database holds tables that are no complete shop")
            reasons["lastOrder"] = reasons["mail"] = "the shop is not installed"
        elif found["lastOrder"] is None:
            reasons["lastOrder"] = "there is no order yet"
    found["queue"] = waiting(reasons)
    return found


def waiting(reasons):
    """Requests that wait for one of PHP's children."""
    try:
        address = os.environ.get("LOR_FPM_STATUS", "http://127.0.0.1:8081/fpm-status?json")
        request = urllib.request.Request(address, headers={"Host": lor_role.domain()})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)["listen queue"]
    except (OSError, ValueError, KeyError) as error:
        reasons["queue"] = "PHP's state cannot be read: %s" % type(error).__name__
        return None

"""PrestaShop as an application: installed once for all fronts, and its state in words."""
import json
import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

import lor_shop
from lor_machine import ROOT, NotReady, Refused, at, run

ROLE = "prestashop"


def install(place, request):
    """Installs the shop, or finds that it is installed. One front at a time, by a lock in the database."""
    if "email" not in request:
        raise Refused("the installation was asked for without an address: lor-app install --email ADDRESS")
    before = lor_shop.shop_state()
    if "error" in before:
        raise NotReady(before["error"])
    try:
        if before["kind"] != "shop":
            copy_release(at(place), at(lor_shop.WORK))
        with open(at(lor_shop.FIRST_PASSWORD), encoding="utf-8") as file:
            password = file.read().strip()
        order = {"email": request["email"], "password": password, "demoProducts": bool(request.get("demoProducts")),
                 "installer": at(lor_shop.WORK + "/install"), "version": lor_shop.release_version(place) or "", "machine": socket.gethostname()}
        result = converse(order, place)
    finally:
        shutil.rmtree(at(lor_shop.WORK), ignore_errors=True)
    lor_shop.lay_made(place)
    # Someone may have run the installer in the release itself.
    shutil.copytree(at(lor_shop.OVERLAY), at(place), dirs_exist_ok=True)
    if result.get("installed"):
        result["passwordFile"] = lor_shop.FIRST_PASSWORD
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
        run(["chown", "-R", "--no-dereference", "%s:%s" % (lor_shop.USER, lor_shop.USER), work])


def converse(order, place):
    """Runs install.php, which holds the lock, and stores the files that the installer made before it is let go."""
    command = ["php%s" % lor_shop.PHP, at("/usr/local/lib/lor/install.php")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **lor_shop.as_user())
    last = ""
    with process:
        process.stdin.write(json.dumps(order) + "\n")
        process.stdin.flush()
        for line in process.stdout:
            last = line.strip()
            if last == "files":
                process.stdin.write(json.dumps(lor_shop.store_made(place)) + "\n")
                process.stdin.flush()
            elif not last.startswith("{"):
                print("lor-app: %s" % last, flush=True)
    try:
        return json.loads(last)
    except ValueError:
        return {"installed": False, "reason": "the installation ended with %s; the same command again begins anew" % process.returncode}


def report(reasons):
    """What is known of the shop; what is not known is left out, with its reason."""
    state = lor_shop.shop_state()
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
        request = urllib.request.Request(address, headers={"Host": lor_shop.domain()})
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)["listen queue"]
    except (OSError, ValueError, KeyError) as error:
        reasons["queue"] = "PHP's state cannot be read: %s" % type(error).__name__
        return None

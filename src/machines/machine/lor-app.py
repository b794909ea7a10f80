#!/usr/bin/python3 -I
"""The application of this machine: lor-app status | lor-app install --email ADDRESS [--demo-products].

status prints one JSON document. install makes tables and the first administrator, once for all machines of the role; it runs as the
unit lor-app-install, to which a second call attaches. Both are for root.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_application  # noqa: E402
import lor_condition  # noqa: E402
import lor_release  # noqa: E402
from lor_files import read_json, write_json  # noqa: E402
from lor_machine import STATUS, NotReady, Refused, at, locked  # noqa: E402

UNIT = "lor-app-install.service"
REQUEST = "/var/lib/lor/install-request.json"
RESULT = "/var/lib/lor/install-result.json"
NO_RELEASE = "no release is in place"


def main(arguments):
    parser = argparse.ArgumentParser(prog="lor-app")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("status", help="print the application's state as JSON")
    install = commands.add_parser("install", help="make tables and the first administrator")
    install.add_argument("--email", required=True, help="address of the first administrator")
    install.add_argument("--demo-products", action="store_true", help="PrestaShop's demonstration products too")
    commands.add_parser("run-install", help="what the unit runs")
    options = parser.parse_args(arguments)
    if os.geteuid() != 0:
        print("lor-app: only root may ask; use sudo lor-app", file=sys.stderr)
        return 1
    if options.command == "status":
        return status()
    return run_install() if options.command == "run-install" else ask_install(options)


def ask_install(options):
    if not re.fullmatch(r"[^\s@'\"=<>|`]+@[^\s@'\"=<>|`]+\.[^\s@'\"=<>|`]+", options.email):
        print("lor-app: --email is no e-mail address: %s" % options.email, file=sys.stderr)
        return 2
    if not running():
        write_json(REQUEST, {"email": options.email, "demoProducts": options.demo_products})
    # Waits for the unit, also for one that another call has started.
    subprocess.run(["systemctl", "start", UNIT], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    result = read_json(RESULT) or {"installed": False, "reason": "the unit did not run: journalctl -u %s" % UNIT}
    print(json.dumps(result, ensure_ascii=False))
    return 0 if result.get("installed") else 1


def running():
    seen = subprocess.run(["systemctl", "is-active", UNIT], check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return seen.stdout.strip() == "activating"


def run_install():
    os.umask(0o022)
    if os.path.lexists(at(RESULT)):
        os.unlink(at(RESULT))
    # A release is not changed under an installation.
    with locked():
        try:
            place = lor_release.current()
            if place is None:
                raise NotReady("no release is in place yet: lor-app status says why")
            result = lor_application.install(place, read_json(REQUEST))
        except (NotReady, Refused) as reason:
            result = {"installed": False, "reason": str(reason)}
    write_json(RESULT, result)
    print("lor-app: %s" % (result.get("reason") or "the application is installed"), flush=True)
    return 0 if result["installed"] else 1


def status():
    applied = read_json(STATUS)
    serving = lor_release.current()
    reasons = {}
    found = lor_application.report(reasons)
    lor_condition.report(reasons)
    if serving is None:
        reasons["release"] = NO_RELEASE
    if not applied:
        reasons["wantedRelease"] = reasons["state"] = "no document was applied yet"
    elif applied.get("message"):
        reasons["state"] = applied["message"]
    document = {
        "version": 1, "role": lor_application.ROLE,
        # The folder is named VERSION-CHECKSUM.
        "release": os.path.basename(serving).rpartition("-")[0] if serving else None,
        "wantedRelease": applied.get("wantedRelease"), "state": applied.get("state"),
        **{name: found.get(name) for name in ("installed", "tables", "lastOrder", "queue", "certificateDays")},
        "health": health(serving), "mail": found.get("mail"), "notes": found.get("notes", []), "reasons": reasons,
    }
    print(json.dumps(document, ensure_ascii=False))
    return 0


def health(serving):
    """`ok`, or why this machine does not serve. Before the first release nginx has only Debian's own pages, if it runs."""
    try:
        with urllib.request.urlopen(lor_release.PROBE, timeout=20) as answer:
            answer.read()
            return "ok"
    except urllib.error.HTTPError as error:
        if serving is None and error.headers.get_content_type() != "text/plain":
            return NO_RELEASE
        return error.read().decode(errors="replace").strip()[:300] or "status %d" % error.code
    except OSError as error:
        return NO_RELEASE if serving is None else "nginx does not answer: %s" % type(error).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

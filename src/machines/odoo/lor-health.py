#!/usr/bin/python3 -I
"""lor-health [--once | --filestore]: looks every few seconds whether Odoo serves its login page and its database answers, and leaves the verdict for nginx: /run/lor-health/ok,
or the reason in /run/lor-health/reason.

Slow is not dead: an answer that does not come in time counts only when none has come for a minute. With --filestore it ends with 1, and
says why, when Odoo must not start on the filestore that is there.
"""
import http.client
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_filestore  # noqa: E402
from lor_files import write  # noqa: E402
from lor_machine import at  # noqa: E402

FOLDER = "/run/lor-health"
EVERY_SECONDS = 10
PAGE_SECONDS = 15
SLOW_SECONDS = 60
PORT = int(os.environ.get("LOR_ODOO_PORT", "8069"))


class Slow(Exception):
    """An answer did not come in time."""


def look():
    """Empty when all is well, else the reason, without a secret."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=PAGE_SECONDS)
        connection.request("GET", "/web/login", headers={"X-Forwarded-Proto": "https"})
        status = connection.getresponse().status
        connection.close()
    except TimeoutError as error:
        raise Slow("the login page does not come within %d seconds" % PAGE_SECONDS) from error
    except (OSError, http.client.HTTPException) as error:
        return lost_files() or "Odoo does not answer: %s" % type(error).__name__
    if status != 200:
        return "the login page has status %d" % status
    try:
        asked = subprocess.run(["psql", "-X", "-A", "-t", "-c", "SELECT 1 FROM ir_module_module WHERE name = 'base'"], check=False,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=PAGE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Slow("the database does not answer within %d seconds" % PAGE_SECONDS) from error
    if asked.returncode != 0:
        # Odoo serves by connections that it has; one more that is refused stops nobody.
        return "" if "too many" in asked.stderr or "remaining connection slots" in asked.stderr else "the database does not answer"
    return "" if asked.stdout.strip() == "1" else "the database has no Odoo in it: lor-infra app install"


def lost_files():
    try:
        return lor_filestore.lost()
    except lor_filestore.Unknown:
        return ""


def filestore():
    try:
        reason = lor_filestore.lost()
    except lor_filestore.Unknown as unknown:
        reason = str(unknown)
    print(reason, end="")
    return 1 if reason else 0


def note(reason):
    good = FOLDER + "/ok"
    write(FOLDER + "/reason", (reason + "\n").encode())
    if not reason:
        write(good, b"ok\n")
    elif os.path.exists(at(good)):
        os.unlink(at(good))


def main():
    if "--filestore" in sys.argv:
        return filestore()
    once = "--once" in sys.argv
    if not once:
        note("starting")
    good = time.monotonic() if once else 0.0
    while True:
        try:
            reason = look()
            if not reason:
                good = time.monotonic()
        except Slow as slow:
            reason = "" if good and time.monotonic() - good < SLOW_SECONDS else str(slow)
        note(reason)
        if once:
            return 0
        time.sleep(EVERY_SECONDS if not reason else 2)


if __name__ == "__main__":
    sys.exit(main())

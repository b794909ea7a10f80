#!/usr/bin/python3 -I
"""Takes away what a front has gathered, at every boot: old logs always, compiled caches once the machine has become smaller.

A resize is a boot, so this is how a front comes back clean from a rush. On the way into rush the caches stay: they are warm, and visitors are waiting.
"""
import os
import shutil
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_release  # noqa: E402
from lor_files import read_json, write_json  # noqa: E402
from lor_machine import Refused, at, processors, run  # noqa: E402

# Of the last boot: what tells a front that came back from a rush.
SEEN = "/var/lib/lor/cleaned.json"
# A season and the weeks in which somebody still asks about it.
KEPT_DAYS = 60


def release():
    """Folder of the release that serves, or None on a machine that has none yet."""
    place = lor_release.current()
    return at(place) if place is not None and os.path.isdir(at(place)) else None


def empty(folder):
    """What is in a folder, not the folder: its owner stays. A link is taken away, never what it leads to."""
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return 0
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, ignore_errors=True)
        else:
            os.unlink(entry.path)
    return len(entries)


def forget_old(folder, now):
    """Files of a folder, and of those in it, that nobody has written to for long."""
    gone = 0
    for place, _folders, files in os.walk(folder):
        for name in files:
            path = os.path.join(place, name)
            if not os.path.islink(path) and now - os.stat(path).st_mtime > KEPT_DAYS * 86400:
                os.unlink(path)
                gone += 1
    return gone


def main():
    here = release()
    now_has = processors()
    had = read_json(SEEN).get("processors", now_has)
    if here is not None:
        print("old logs taken away: %d" % forget_old(os.path.join(here, "var/logs"), time.time()))
        if now_has < had:
            print("this machine has become smaller; caches taken away: %d" % empty(os.path.join(here, "var/cache")))
    try:
        run(["journalctl", "--vacuum-time=%dd" % KEPT_DAYS])
    except Refused as error:
        # Whatever the journal says, the front serves.
        print(error)
    write_json(SEEN, {"processors": now_has})


if __name__ == "__main__":
    main()

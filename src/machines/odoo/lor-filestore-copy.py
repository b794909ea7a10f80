#!/usr/bin/python3 -I
"""Copies Odoo's database and filestore to the off-site bucket, so that both come back to the same instant.

A file of the filestore is named by its content, is written before the row that names it is committed, and never changes; it only
disappears, some time after its last row did. So the files are linked first, then the database is dumped in one snapshot, then the
files that came meanwhile are linked: every file that a row of the dump names is in the links, even when Odoo removes it during the
copy. The snapshot's own list of names goes along and is checked against the links.

In the bucket: objects/ (files, each once and for ever), sets/<instant>/ (database.dump, files.txt, and last manifest.json: a set
without it is not complete). To restore: the dump, and the files that files.txt names.
"""
import datetime
import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_filestore  # noqa: E402
from lor_copy import Copy, moment, stamp  # noqa: E402
from lor_files import checksum  # noqa: E402
from lor_machine import at  # noqa: E402

WORK = "/srv/lor/copies"
# Every set of the last two days, then the first of each day for thirty.
KEEP_ALL_DAYS = 2
KEEP_DAILY_DAYS = 30


def work(copy):
    shutil.rmtree(at(WORK + "/run"), ignore_errors=True)
    links = at(WORK + "/run/objects")
    os.makedirs(links, mode=0o700)
    files = at(lor_filestore.folder())
    link_all(files, links)
    dump = at(WORK + "/run/database.dump")
    instant, names = dump_database(copy, dump)
    link_all(files, links)
    lost = lor_filestore.none_left(names)
    if lost and not os.path.exists(at(lor_filestore.ACCEPTED)):
        raise RuntimeError(lost)
    missing = [name for name in names if not os.path.exists(os.path.join(links, name))]
    store = "sets/" + instant
    copy.rclone("copy", "--size-only", "--transfers", "8", "--checkers", "16", links, "copies:objects")
    listed = at(WORK + "/run/files.txt")
    with open(listed, "w", encoding="utf-8") as file:
        file.write("".join(name + "\n" for name in names))
    copy.rclone("copyto", dump, "copies:%s/database.dump" % store)
    copy.rclone("copyto", listed, "copies:%s/files.txt" % store)
    manifest = {"version": 1, "instant": instant, "database": {"sha256": checksum(dump), "bytes": os.path.getsize(dump)},
                "files": len(names), "missing": missing[:100]}
    with open(at(WORK + "/run/manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file)
    copy.rclone("copyto", at(WORK + "/run/manifest.json"), "copies:%s/manifest.json" % store)
    forget_old(copy)
    shutil.rmtree(at(WORK + "/run"), ignore_errors=True)
    return {"instant": instant, "set": store, "files": len(names), "missingFiles": len(missing)}


def link_all(files, links):
    """Links cost no space, and keep a file that Odoo removes."""
    for folder, _, names in os.walk(files):
        inside = os.path.relpath(folder, files)
        if inside.split(os.sep)[0] == "checklist":
            continue
        os.makedirs(os.path.join(links, inside), mode=0o700, exist_ok=True)
        for name in names:
            try:
                os.link(os.path.join(folder, name), os.path.join(links, inside, name))
            except FileExistsError:
                continue
            except FileNotFoundError:
                continue  # removed just now: no row names it any more


def dump_database(copy, dump):
    """Dumps in one snapshot; returns its instant and the names of the files that its rows name."""
    ask = subprocess.PIPE
    session = copy.start(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], stdin=ask, stdout=ask, stderr=subprocess.DEVNULL, text=True)
    session.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSELECT 'snapshot ' || pg_export_snapshot();\n")
    session.stdin.flush()
    answer = session.stdout.readline().split()
    if len(answer) != 2:
        raise RuntimeError("the database gives no snapshot")
    instant = stamp(moment())
    copy.run(["pg_dump", "--format=custom", "--no-owner", "--snapshot=" + answer[1], "--file=" + dump])
    out, _ = session.communicate("SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL ORDER BY 1;\nCOMMIT;\n")
    copy.done(session)
    if session.returncode != 0:
        raise RuntimeError("the database's list of files could not be read")
    return instant, [line for line in out.splitlines() if line]


def forget_old(copy):
    sets = sorted(line.rstrip("/") for line in copy.rclone("lsf", "--dirs-only", "copies:sets").splitlines())
    for old in to_forget(sets, moment()):
        copy.rclone("purge", "copies:sets/" + old)


def to_forget(sets, now):
    """Names of sets are instants, oldest first."""
    forgotten, days = [], set()
    for name in sets:
        day = name[:10]
        age = (now.date() - datetime.date.fromisoformat(day)).days
        if age <= KEEP_ALL_DAYS or (age <= KEEP_DAILY_DAYS and day not in days):
            days.add(day)
        else:
            forgotten.append(name)
    return forgotten


if __name__ == "__main__":
    sys.exit(Copy("filestore", WORK, "/etc/lor/rclone-odoo.conf").carry_out(work))

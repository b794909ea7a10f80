#!/usr/bin/python3 -I
"""Unpacks the files of a stored document into its bundle, then runs the bundle's own lor-apply: lor-apply BUNDLE [--not-fetched].

lor-fetch, which never changes on a machine, lays out this script alone, in lor-apply's place. Interrupted at any point, the next run
unpacks again.
"""
import base64
import json
import os
import sys
import zlib

APPLY = "/usr/local/sbin/lor-apply"


def main(arguments):
    os.umask(0o077)
    folder = os.path.abspath(arguments[0])
    place = os.path.join(folder, "document.json")
    with open(place, encoding="utf-8") as file:
        document = json.load(file)
    if "packedFiles" in document:
        document["files"] = json.loads(zlib.decompress(base64.b64decode(document.pop("packedFiles"))))
    # This script's own place is taken last: until then it is what runs.
    for file in sorted(document["files"], key=lambda each: each["path"] == APPLY):
        path = os.path.normpath(file["path"])
        if not path.startswith("/") or path.startswith("//") or path != file["path"]:
            raise ValueError("the document names a file by a path that is not absolute and plain")
        if path == APPLY:
            write(place, json.dumps(document), 0o600)
        write(os.path.join(folder, "files", path[1:]), file["content"], int(file["mode"], 8) & 0o777)
    command = os.path.join(folder, "files", APPLY[1:])
    os.execv(command, [command, *arguments])


def write(path, text, mode):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    staged = path + ".new"
    with open(staged, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), mode)
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    os.rename(staged, path)


if __name__ == "__main__":
    main(sys.argv[1:])

#!/usr/bin/python3 -I
"""Fetches this machine's document, lays it out as a bundle, and runs the bundle's own lor-apply.

This file can't change without making the machine anew, so it knows as little as it can of the document: its version, its
name and role, and its list of files. Without the network the last bundle is applied again.
"""
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request

ROOT = os.environ.get("LOR_ROOT", "")
IDENTITY = ROOT + "/etc/lor/identity.json"
BUNDLES = ROOT + "/var/lib/lor/bundles"
APPLY = "usr/local/sbin/lor-apply"
NOT_READY = 75
MOST_BYTES = 16 * 1024 * 1024


def say(text):
    print("lor-fetch: " + text, file=sys.stderr, flush=True)


def fetch(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        body = answer.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise ValueError("the document is too large")
    return body


def read_document(body, identity):
    document = json.loads(body)
    if document.get("version") != 1:
        raise ValueError("the document has a version that this machine does not know")
    if document.get("name") != identity["name"] or document.get("role") != identity["role"]:
        raise ValueError("the document is another machine's")
    return document


def lay_out(body, document):
    bundle = os.path.join(BUNDLES, hashlib.sha256(body).hexdigest())
    if os.path.isdir(bundle):
        return bundle
    os.makedirs(BUNDLES, mode=0o700, exist_ok=True)
    staged = tempfile.mkdtemp(prefix="new-", dir=BUNDLES)
    try:
        for file in document["files"]:
            path = os.path.normpath(file["path"])
            if not path.startswith("/") or path.startswith("//") or path != file["path"]:
                raise ValueError("the document names a file by a path that is not absolute and plain")
            target = os.path.join(staged, "files", path[1:])
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "w", encoding="utf-8") as out:
                out.write(file["content"])
            os.chmod(target, int(file["mode"], 8) & 0o777)
        with open(os.path.join(staged, "document.json"), "wb") as out:
            out.write(body)
            out.flush()
            os.fsync(out.fileno())
        os.rename(staged, bundle)
    except BaseException:
        shutil.rmtree(staged, ignore_errors=True)
        raise
    return bundle


def main():
    os.umask(0o077)
    with open(IDENTITY, encoding="utf-8") as file:
        identity = json.load(file)
    last = os.path.join(BUNDLES, "last")
    try:
        body = fetch(identity["documentUrl"])
        bundle = lay_out(body, read_document(body, identity))
        fetched = True
    except Exception as error:  # whatever it is, the machine goes on with what it has
        # The address is signed: only the kind of error is said, never the address.
        say("no new document: %s %s" % (type(error).__name__, getattr(error, "code", "")))
        if not os.path.exists(os.path.join(last, "document.json")):
            return NOT_READY
        bundle = os.path.realpath(last)
        fetched = False
    command = [os.path.join(bundle, "files", APPLY), bundle] + ([] if fetched else ["--not-fetched"])
    code = subprocess.run(command, check=False).returncode
    return code if 0 <= code <= 255 else 1


if __name__ == "__main__":
    sys.exit(main())

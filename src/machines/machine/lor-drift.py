#!/usr/bin/python3 -IS
"""Keeps a manifest of what is managed on this machine, and finds what differs from it.

lor-drift record SOURCE   notes the state of the files, packages and units that are named on standard input:
                          {"files": [...], "packages": [...], "units": [...]}
lor-drift check           prints one JSON document; ends with 0: nothing differs, 5: something differs, 1: it cannot be told

Each source (a playbook, the bundle) has its own section, which its next record replaces.
"""
import grp
import hashlib
import json
import os
import pwd
import stat
import subprocess
import sys

ROOT = os.environ.get("LOR_ROOT", "")
MANIFEST = ROOT + "/var/lib/lor/manifest.json"
SAME, UNKNOWN, DIFFERENT = 0, 1, 5


def main(arguments):
    os.umask(0o022)
    if len(arguments) == 2 and arguments[0] == "record":
        return record(arguments[1], json.load(sys.stdin))
    if arguments == ["check"]:
        return check()
    print("usage: lor-drift record SOURCE | lor-drift check", file=sys.stderr)
    return 2


def record(source, wanted):
    # A check must be quick, for a thousand machines: it imports what it uses, and no packages of the site.
    import datetime
    sources = read_manifest().get("sources", {})
    section = state_of(wanted.get("files", []), wanted.get("packages", []), wanted.get("units", []))
    section["at"] = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")
    for name, other in sources.items():
        if name != source:
            # How a thing must be is said by the source that managed it last.
            for kind in ("files", "packages", "units"):
                for key in section[kind]:
                    other[kind].pop(key, None)
    sources[source] = section
    write_manifest({"version": 1, "sources": sources})
    return SAME


def check():
    try:
        sources = read_manifest()["sources"]
    except KeyError:
        return tell(UNKNOWN, reason="this machine has no manifest")
    except (OSError, ValueError) as error:
        return tell(UNKNOWN, reason="the manifest cannot be read: %s" % error)
    differences, upgrades = [], []
    for source, section in sorted(sources.items()):
        now = state_of(section["files"], section["packages"], section["units"])
        for path, was in section["files"].items():
            differences += [{"source": source, "kind": "file", "name": path, **each} for each in compare(was, now["files"][path])]
        for name, was in section["packages"].items():
            seen = now["packages"][name]
            if was == seen:
                continue
            entry = {"source": source, "kind": "package", "name": name, "what": "version", "was": was, "now": seen}
            # A newer version is an update of the system, which installs security updates by itself.
            newer = was is not None and seen is not None and compare_versions(seen, was)
            (upgrades if newer else differences).append(entry)
        for name, was in section["units"].items():
            differences += [{"source": source, "kind": "unit", "name": name, **each} for each in compare(was, now["units"][name])]
    recorded = max(section["at"] for section in sources.values())
    return tell(DIFFERENT if differences else SAME, recordedAt=recorded, differences=differences, upgrades=upgrades)


def tell(code, **fields):
    print(json.dumps({"version": 1, "state": {SAME: "same", UNKNOWN: "unknown", DIFFERENT: "different"}[code], **fields}, sort_keys=True))
    return code


def compare(was, now):
    """Fields that differ. Contents are never shown: they may be secret."""
    fields = sorted(name for name in {*was, *now} if was.get(name) != now.get(name))
    if "kind" in fields:
        fields = ["kind"]
    return [{"what": "content"} if name == "sha256" else {"what": name, "was": was.get(name), "now": now.get(name)} for name in fields]


def state_of(files, packages, units):
    return {"files": {path: file_state(path) for path in files}, "packages": package_states(packages), "units": unit_states(units)}


def file_state(path):
    try:
        status = os.lstat(ROOT + path)
    except FileNotFoundError:
        return {"kind": "absent"}
    except OSError as error:
        return {"kind": "unreadable: %s" % error.strerror}
    if stat.S_ISLNK(status.st_mode):
        return {"kind": "link", "target": os.readlink(ROOT + path)}
    state = {
        "kind": "directory" if stat.S_ISDIR(status.st_mode) else "file" if stat.S_ISREG(status.st_mode) else "other",
        "mode": "%04o" % stat.S_IMODE(status.st_mode),
        "owner": name_of(pwd.getpwuid, status.st_uid),
        "group": name_of(grp.getgrgid, status.st_gid),
    }
    if state["kind"] == "file":
        try:
            with open(ROOT + path, "rb") as file:
                state["sha256"] = digest(file)
        except OSError as error:
            return {"kind": "unreadable: %s" % error.strerror}
    return state


def digest(file):
    """SHA-256 in hexadecimal. hashlib.file_digest came with Python 3.11, and a playbook's machines may have an older one."""
    result = hashlib.sha256()
    for block in iter(lambda: file.read(1 << 20), b""):
        result.update(block)
    return result.hexdigest()


def name_of(find, number):
    try:
        return find(number)[0]
    except KeyError:
        return str(number)


def package_states(names):
    """Installed version of each package; None: not installed."""
    versions = dict.fromkeys(names)
    if names:
        command = ["dpkg-query", "-W", "-f", "${Package}\\t${db:Status-Status}\\t${Version}\\n", "--", *names]
        for name, state, version in (line.split("\t") for line in output_of(command).splitlines() if line.count("\t") == 2):
            if state == "installed" and name in versions:
                versions[name] = version
    return versions


def unit_states(names):
    """Whether each unit is loaded, starts at boot, and runs."""
    states = {}
    if names:
        full = {name if "." in name else name + ".service": name for name in names}
        command = ["systemctl", "show", "--property=Id,Names,LoadState,ActiveState,UnitFileState", "--", *full]
        blocks = output_of(command).strip().split("\n\n")
        for (_, name), block in zip(full.items(), blocks):
            fields = dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
            active = fields.get("ActiveState", "")
            # Still starting: no change by a person.
            active = "active" if active in ("activating", "reloading") else active
            states[name] = {"load": fields.get("LoadState", ""), "active": active, "enabled": fields.get("UnitFileState", "")}
    return {name: states.get(name, {"load": "unknown"}) for name in names}


def compare_versions(a, b):
    return subprocess.run(["dpkg", "--compare-versions", a, "gt", b], check=False).returncode == 0


def output_of(command):
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def read_manifest():
    try:
        with open(MANIFEST, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def write_manifest(value):
    """For root alone: checksums of files that hold secrets are in it."""
    import tempfile
    folder = os.path.dirname(MANIFEST)
    os.makedirs(folder, mode=0o755, exist_ok=True)
    handle, staged = tempfile.mkstemp(dir=folder, prefix=".manifest-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(value, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(handle)
        os.rename(staged, MANIFEST)
    except BaseException:
        os.unlink(staged)
        raise


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

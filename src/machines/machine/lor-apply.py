#!/usr/bin/python3 -I
"""Makes the machine what a bundle says: lor-apply BUNDLE [--not-fetched]. With the option the bundle is the last one, because no document came.

Acts when the document changed, and when a person changed a file: it keeps that aside and puts the document's back. Whatever fails, the
release and the configuration that run go on, and /var/lib/lor/status.json says what failed. Ends with 0, with 75 when something outside
is not ready, with 1 when the document can't be applied.
"""
import datetime
import os
import shutil
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_access  # noqa: E402
import lor_drift  # noqa: E402
import lor_logs  # noqa: E402
import lor_release  # noqa: E402
import lor_role  # noqa: E402
import lor_services  # noqa: E402
import lor_volume  # noqa: E402
from lor_bundle import BUNDLES, Bundle  # noqa: E402
from lor_files import Transaction, read_json, write_json  # noqa: E402
from lor_machine import STATUS, NotReady, Refused, at, disk_full, lately, locked, run  # noqa: E402

PACKAGES = ["prometheus-node-exporter", "unattended-upgrades", "ca-certificates"]
NOT_READY = 75
# Parts of every machine, which do not depend on its release.
BASE = (lor_access, lor_logs)


def main(arguments):
    os.umask(0o022)
    bundle = Bundle(arguments[0])
    os.makedirs(at("/var/lib/lor"), exist_ok=True)
    # lor-fetch makes the folder under its umask of 077; whoever watches the machine reads the status in it.
    os.chmod(at("/var/lib/lor"), 0o755)
    with locked():
        tell_fetched("--not-fetched" not in arguments)
        changed = None
        if applied(bundle) == bundle.id:
            found = lor_drift.differences(bundle.command("lor-drift"))
            files = [each["name"] for each in found or [] if each["kind"] == "file"]
            if found is not None and (not files or lor_drift.held()):
                tell_differences(bundle, found)
                return 0
            if files:
                changed = {"at": now(), "files": sorted(set(files)), "kept": lor_drift.keep_aside(files)}
        if failed_lately(bundle):
            return 1
        try:
            apply(bundle)
            record(bundle)
        except Exception as reason:  # anything: the machine must say what happened, and go on
            waits = isinstance(reason, NotReady) or disk_full(reason)
            known = isinstance(reason, (NotReady, Refused))
            tell(bundle, "waiting" if waits else "failed", str(reason) if known else "%s: %s" % (type(reason).__name__, reason), changed)
            return NOT_READY if waits else 1
        keep(bundle)
        tell(bundle, "applied", "", changed)
    return 0


def apply(bundle):
    document = bundle.document
    lor_role.make_users()
    apply_base(bundle, document)
    lor_services.install(PACKAGES + lor_role.PACKAGES)
    if "release" in document:
        apply_application(bundle, document)
    else:
        apply_files(bundle, document)


def apply_base(bundle, document):
    """First and on its own: who may log in does not depend on a release, and a removed key does not come back with the old one."""
    change = Transaction()
    try:
        for part in BASE:
            for file in part.files(document) + [file for file in bundle.files() if part.owns(file.path)]:
                change.put(file)
        lor_access.check(change.changed)
    except Exception:
        change.take_back()
        raise
    for part in BASE:
        part.start(document, change.changed)


def apply_files(bundle, document):
    """A machine without an application, such as a bastion."""
    change = Transaction()
    try:
        install(bundle, change)
        lor_access.check(change.changed)
        lor_services.systemctl("daemon-reload")
        lor_role.start(change.changed, False)
        lor_access.start(document, change.changed)
    except Exception:
        change.take_back()
        raise


def apply_application(bundle, document):
    mount(bundle)
    previous = lor_release.current()
    change = Transaction()
    if previous is None:
        # lor-app says why there is no release. A machine that serves gets programs only together with the release they belong to.
        install(bundle, change)
    place = lor_release.ensure(document["release"], lor_role.unpack)
    try:
        install(bundle, change)
        run([bundle.command("lor-tune")])
        lor_role.check()
        lor_access.check(change.changed)
        lor_services.systemctl("daemon-reload")
        lor_role.before_switch(place, document, change.changed)
        lor_release.switch(place)
        lor_role.start(change.changed, previous != place)
        if previous not in (None, place):
            lor_release.wait_until_it_answers(lor_role.PROBES)
        lor_access.start(document, change.changed)
    except Exception:
        go_back(change, previous, place)
        raise
    lor_release.forget_old()


def install(bundle, change):
    for file in bundle.files():
        change.put(file)
    for file in lor_role.secret_files(bundle.document):
        change.put(file)
    for path in obsolete(bundle.document) + abandoned(bundle):
        change.remove(path)


def record(bundle):
    """What lor-drift compares the machine with until the next document."""
    document = bundle.document
    managed = lor_role.secret_files(document) + [file for part in BASE for file in part.files(document)]
    paths = [*bundle.paths(), *(file.path for file in managed), *obsolete(document)]
    timers = [os.path.basename(path) for path in bundle.paths() if path.endswith((".timer", ".mount"))]
    lor_drift.record(bundle.command("lor-drift"), paths, PACKAGES + lor_role.PACKAGES, sorted(timers) + lor_role.SERVICES)


def obsolete(document):
    """Files that must not exist: of Debian's packages, and of parts that the document leaves out."""
    return lor_role.OBSOLETE + [path for part in BASE for path in part.obsolete(document)]


def abandoned(bundle):
    """Files that the last document had and this one has not. A unit is stopped before its file goes."""
    try:
        last = Bundle(at(BUNDLES + "/last"))
    except FileNotFoundError:
        return []
    gone = sorted(last.paths() - bundle.paths())
    for path in gone:
        if path.startswith("/etc/systemd/system/") and path.endswith((".service", ".timer")):
            lor_services.systemctl("disable", "--now", os.path.basename(path))
    return gone


def mount(bundle):
    """The mount's unit is needed before everything else; it never changes."""
    unit = next(file for file in bundle.files() if file.path == "/etc/systemd/system/srv.mount")
    early = Transaction()
    early.put(unit)
    if early.changed:
        lor_services.systemctl("daemon-reload")
    lor_volume.ensure()
    lor_volume.grow()


def go_back(change, previous, place):
    """As it was: files, link, services. A first installation has nothing to go back to, and keeps what it has for a look."""
    if previous is None:
        return
    change.take_back()
    lor_release.switch(previous)
    try:
        lor_services.systemctl("daemon-reload")
        run([at("/usr/local/sbin/lor-tune")])
        lor_role.go_back(change.changed, previous != place)
    except Exception as reason:  # the first failure is the one to report
        print("lor-apply: going back: %s" % reason, file=sys.stderr)


def applied(bundle):
    """Bundle that was applied last, if the machine still has its release."""
    serving = lor_release.current()
    if "release" in bundle.document and (serving is None or not os.path.isdir(at(serving))):
        return None
    status = read_json(STATUS)
    return status.get("bundle") if status.get("state") == "applied" else None


def failed_lately(bundle):
    """A document that failed while a release serves is tried again every hour, not every few minutes: trying may restart services."""
    status = read_json(STATUS)
    if lor_release.current() is None or status.get("state") != "failed" or status.get("bundle") != bundle.id:
        return False
    return lately(datetime.datetime.fromisoformat(status["at"]).timestamp(), 3600)


def keep(bundle):
    """The applied bundle is what the machine goes on with when there is no network; the others are dropped."""
    link = at(BUNDLES + "/last")
    staged = link + ".new"
    if os.path.lexists(staged):
        os.unlink(staged)
    os.symlink(bundle.folder, staged)
    previous = os.path.realpath(link)
    os.rename(staged, link)
    for name in os.listdir(at(BUNDLES)):
        folder = at("%s/%s" % (BUNDLES, name))
        if not os.path.islink(folder) and folder not in (bundle.folder, previous):
            shutil.rmtree(folder, ignore_errors=True)


def tell(bundle, state, message, changed=None):
    """The message never holds a secret: no command gets one as an argument."""
    before = read_json(STATUS)
    write_status({
        "version": 1, "at": now(), "state": state, "message": message, "bundle": bundle.id,
        "wantedRelease": bundle.document.get("release", {}).get("version"), "serving": lor_release.current(),
        "differences": [], "putBack": changed or before.get("putBack"), "notFetchedSince": before.get("notFetchedSince"),
    })
    if message:
        print("lor-apply: %s: %s" % (state, message), file=sys.stderr)


def tell_fetched(fetched):
    """Since when no document came. A machine that was never given one has no status yet."""
    status = read_json(STATUS)
    since = status.get("notFetchedSince")
    if status and fetched != (since is None):
        write_status({**status, "notFetchedSince": None if fetched else now()})


def tell_differences(bundle, found):
    """What differs and is not put back: units and packages always, files while they are held."""
    status = read_json(STATUS)
    told = [{name: each[name] for name in ("kind", "name", "what")} for each in found]
    if status.get("differences", []) != told:
        write_status({**status, "at": now(), "differences": told})


def write_status(status):
    try:
        write_json(STATUS, status, 0o644)
    except OSError as error:
        if not disk_full(error):
            raise
        print("lor-apply: %s cannot be written: %s" % (STATUS, error.strerror), file=sys.stderr)


def now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

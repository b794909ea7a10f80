"""Releases of the application: fetched, verified, unpacked beside the running one, switched by renaming one link."""
import hashlib
import os
import shutil
import time
import urllib.error
import urllib.request

from lor_files import read_json, write_json
from lor_machine import NotReady, Refused, at, lately

RELEASES = "/srv/lor/releases"
DOWNLOADS = "/srv/lor/downloads"
CURRENT = "/srv/lor/current"
PROBE = os.environ.get("LOR_PROBE", "http://127.0.0.1/health")
REFUSED = "/var/lib/lor/refused-archive.json"
# A bad archive is asked for again after this, not every few minutes.
ASK_AGAIN_SECONDS = 3600
KEPT = 3


def folder(release):
    return "%s/%s-%s" % (RELEASES, release["version"], release["sha256"][:12])


def ensure(release, unpack):
    """Folder of the release, made if need be. unpack(archive, folder) turns the archive into a release, or raises Refused."""
    place = folder(release)
    if os.path.isdir(at(place)):
        return place
    archive = fetch(release)
    staged = place + ".new"
    shutil.rmtree(at(staged), ignore_errors=True)
    os.makedirs(at(staged), mode=0o755)
    try:
        unpack(archive, at(staged))
        os.sync()
        os.rename(at(staged), at(place))
    except Exception:
        # What is half-made must not fill a volume that serves.
        shutil.rmtree(at(staged), ignore_errors=True)
        raise
    finally:
        os.unlink(archive)
    return place


def current():
    """The release that serves, or None."""
    try:
        return os.path.normpath(os.path.join(os.path.dirname(CURRENT), os.readlink(at(CURRENT))))
    except FileNotFoundError:
        return None


def switch(place):
    """One rename: a reader sees the old release or the new one."""
    point(CURRENT, place)


def point(link, place):
    """Makes a link lead to a release."""
    staged = at(link) + ".new"
    if os.path.lexists(staged):
        os.unlink(staged)
    os.symlink(os.path.relpath(place, os.path.dirname(link)), staged)
    os.rename(staged, at(link))


def wait_until_it_answers(probes):
    """The new release must answer; the old one comes back otherwise."""
    last = None
    for _ in range(probes):
        try:
            with urllib.request.urlopen(PROBE, timeout=5):
                return
        except (urllib.error.URLError, OSError) as error:
            last = error
        time.sleep(float(os.environ.get("LOR_PROBE_PAUSE_SECONDS", "1")))
    raise Refused("the new release does not answer: %s" % last)


def forget_old():
    """Keeps the running release and the newest others."""
    serving = current()
    all_of_them = [os.path.join(RELEASES, name) for name in os.listdir(at(RELEASES))]
    others = sorted((each for each in all_of_them if each != serving), key=lambda each: os.path.getmtime(at(each)), reverse=True)
    for place in others[KEPT - 1:]:
        shutil.rmtree(at(place), ignore_errors=True)


def fetch(release):
    """Downloads and verifies an archive; returns its path. The caller removes it."""
    wanted = release["sha256"]
    refused = read_json(REFUSED)
    if refused.get("url") == release["url"] and refused.get("wanted") == wanted and lately(refused["at"], ASK_AGAIN_SECONDS):
        raise Refused(_mismatch(release, refused["seen"]))
    os.makedirs(at(DOWNLOADS), mode=0o700, exist_ok=True)
    path = at("%s/%s" % (DOWNLOADS, wanted))
    part = path + ".part"
    digest = hashlib.sha256()
    try:
        with urllib.request.urlopen(release["url"], timeout=60) as answer, open(part, "wb") as file:
            while block := answer.read(1 << 20):
                digest.update(block)
                file.write(block)
            file.flush()
            os.fsync(file.fileno())
    except (urllib.error.URLError, OSError) as error:
        if os.path.exists(part):
            os.unlink(part)
        raise NotReady("the archive of release %s can't be fetched from %s: %s" % (release["version"], _shown(release["url"]), error)) from error
    if digest.hexdigest() != wanted:
        os.unlink(part)
        write_json(REFUSED, {"url": release["url"], "wanted": wanted, "seen": digest.hexdigest(), "at": time.time()})
        raise Refused(_mismatch(release, digest.hexdigest()))
    os.rename(part, path)
    return path


def _mismatch(release, seen):
    return ("the archive of release %s from %s has another checksum: wanted %s, seen %s. It is fetched again after an hour, or at once when the "
            "settings name another checksum or address" % (release["version"], _shown(release["url"]), release["sha256"], seen))


def _shown(url):
    """The address without a password or a signature that it may hold."""
    parts = urllib.parse.urlsplit(url)
    return "%s://%s%s" % (parts.scheme, parts.netloc.rpartition("@")[2], parts.path)

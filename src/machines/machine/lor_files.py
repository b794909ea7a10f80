"""Files written whole or not at all, and put back when the configuration that they make is refused."""
import grp
import hashlib
import json
import os
import pwd
import tempfile

from lor_machine import ROOT, at


class File:
    """A file as it must be: path on the machine, mode, text, owner and group."""

    def __init__(self, path, mode, content, owner="root", group="root"):
        self.path = path
        self.mode = mode
        self.content = content.encode()
        self.owner = owner
        self.group = group


def write(path, content, mode=0o644, owner=None, group=None):
    """Writes beside the target and renames, so that a reader sees the old text or the new one.

    Owner and group are those of the process unless named: only root may give a file away.
    """
    target = at(path)
    os.makedirs(os.path.dirname(target), mode=0o755, exist_ok=True)
    handle, staged = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".lor-")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, mode)
            if not ROOT and owner is not None:
                os.fchown(handle, pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid)
            file.write(content)
            file.flush()
            os.fsync(handle)
        os.rename(staged, target)
    except BaseException:
        os.unlink(staged)
        raise


def write_json(path, value, mode=0o600):
    write(path, (json.dumps(value, indent=2, sort_keys=True) + "\n").encode(), mode)


def read_json(path):
    try:
        with open(at(path), encoding="utf-8") as file:
            return json.load(file)
    except (FileNotFoundError, ValueError):
        return {}


def checksum(path):
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


class Transaction:
    """Changes of files that can be taken back."""

    def __init__(self):
        self.changed = set()
        self._before = []

    def put(self, file):
        if not self._same(file):
            self._remember(file.path)
            write(file.path, file.content, file.mode, file.owner, file.group)
            self.changed.add(file.path)

    def remove(self, path):
        if os.path.lexists(at(path)):
            self._remember(path)
            os.unlink(at(path))
            self.changed.add(path)

    def take_back(self):
        for path, content, status in reversed(self._before):
            if content is None:
                if os.path.lexists(at(path)):
                    os.unlink(at(path))
                continue
            write(path, content, status.st_mode & 0o777)
            if not ROOT:
                os.chown(at(path), status.st_uid, status.st_gid)
        self._before.clear()

    def _remember(self, path):
        try:
            with open(at(path), "rb") as file:
                self._before.append((path, file.read(), os.fstat(file.fileno())))
        except FileNotFoundError:
            self._before.append((path, None, None))

    @staticmethod
    def _same(file):
        try:
            with open(at(file.path), "rb") as current:
                status = os.fstat(current.fileno())
                if current.read() != file.content or status.st_mode & 0o777 != file.mode:
                    return False
        except FileNotFoundError:
            return False
        if ROOT:
            return True
        return (status.st_uid, status.st_gid) == (pwd.getpwnam(file.owner).pw_uid, grp.getgrnam(file.group).gr_gid)

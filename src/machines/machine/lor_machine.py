"""The machine that the scripts act on: its paths, commands, processors, memory and address.

LOR_ROOT, empty on a real machine, puts every path under another folder, so that the scripts can be tried anywhere.
"""
import errno
import fcntl
import os
import socket
import struct
import subprocess
import time

ROOT = os.environ.get("LOR_ROOT", "")
# How the last document was applied: JSON, readable by everyone.
STATUS = "/var/lib/lor/status.json"


class NotReady(Exception):
    """Something outside is missing for now; the same run later can succeed without a new document."""


class Refused(Exception):
    """What the document asks for can't be done; what runs goes on."""


def at(path):
    return ROOT + path


def locked():
    """Waits until nobody else changes the release, its files or the application; released with `with`."""
    file = open(at("/var/lib/lor/lock"), "w", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def run(command, **options):
    """Runs a command; its output is shown only when it fails. Never pass a secret: arguments can be read by everyone."""
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode != 0:
        kind = NotReady if os.strerror(errno.ENOSPC) in done.stdout else Refused
        raise kind("%s ended with %d: %s" % (" ".join(command[:3]), done.returncode, done.stdout.strip()[-600:]))
    return done.stdout


def disk_full(error):
    """Whether an error says that a disk has no room left."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def lately(instant, seconds):
    """Whether an instant (seconds since 1970) is less than so long ago. One in the future was noted while the clock was wrong: it is not."""
    return 0 <= time.time() - instant < seconds


def small_environment(more):
    """Variables of a process that needs none of the caller's."""
    return {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LOR_ROOT": ROOT, **more}


def run_as(user):
    """Options of a process that runs as another user of this machine; under LOR_ROOT it runs as the caller."""
    return {} if ROOT else {"user": user, "group": user, "extra_groups": []}


def processors():
    with open(at("/proc/cpuinfo"), encoding="utf-8") as file:
        return max(1, sum(1 for line in file if line.startswith("processor")))


def memory_mebibytes():
    with open(at("/proc/meminfo"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) // 1024
    raise Refused("/proc/meminfo tells no MemTotal")


def private_address():
    """Address that leads to the default gateway. A UDP socket that is only connected sends nothing."""
    with open(at("/proc/net/route"), encoding="utf-8") as file:
        for line in file.readlines()[1:]:
            fields = line.split()
            if fields[1] == "00000000" and int(fields[3], 16) & 2:
                gateway = socket.inet_ntoa(struct.pack("<L", int(fields[2], 16)))
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
                    probe.connect((gateway, 9))
                    return probe.getsockname()[0]
    raise NotReady("there is no default route yet")

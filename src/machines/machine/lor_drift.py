"""What a person changed by hand since the bundle was applied: found by lor-drift, kept aside before it is put back."""
import datetime
import json
import os
import shutil
import subprocess

from lor_machine import Refused, at

SOURCE = "bundle"
# While this file exists, differences are told and nothing is put back: for a repair by hand that must stay for a while.
HOLD = "/etc/lor/keep-changes"
ASIDE = "/var/lib/lor/changed-by-hand"
KEPT_SETS = 10


def record(program, files, packages, units):
    wanted = json.dumps({"files": sorted(set(files)), "packages": packages, "units": units})
    done = subprocess.run([program, "record", SOURCE], check=False, input=wanted, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        raise Refused("the manifest can't be written: %s" % done.stdout.strip()[-600:])


def differences(program):
    """What differs from the manifest; None when that can't be told, for instance because there is no manifest yet."""
    done = subprocess.run([program, "check"], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    try:
        return json.loads(done.stdout)["differences"]
    except (ValueError, KeyError):
        return None


def held():
    return os.path.exists(at(HOLD))


def keep_aside(paths):
    """Copies of the files as the person left them, for root alone. @returns their folder, or None when none of them exists."""
    folder = os.path.join(ASIDE, datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H-%M-%S.%fZ"))
    kept = False
    for path in paths:
        if not os.path.lexists(at(path)) or os.path.isdir(at(path)):
            continue
        target = at(folder + path)
        os.makedirs(at(ASIDE), mode=0o700, exist_ok=True)
        os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
        shutil.copy2(at(path), target, follow_symlinks=False)
        if not os.path.islink(target):
            os.chmod(target, 0o600)
        kept = True
    forget_old()
    return folder if kept else None


def forget_old():
    if not os.path.isdir(at(ASIDE)):
        return
    for name in sorted(os.listdir(at(ASIDE)))[:-KEPT_SETS]:
        shutil.rmtree(at(os.path.join(ASIDE, name)), ignore_errors=True)

"""Debian packages, systemd units, and users that services run as."""
import os
import subprocess
import sys

from lor_machine import ROOT, NotReady, Refused, run

QUIET = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
APT = ["apt-get", "-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", "-o", "Dpkg::Options::=--force-confold"]


def install(packages):
    """Installs what is absent. The archive is asked only then."""
    absent = [package for package in packages if not installed(package)]
    if absent:
        _apt("install", absent)


def install_archive(path):
    """Installs a package that was fetched, with what it depends on."""
    _apt("install", [path])


def satisfy(dependencies):
    """Installs what a package that is not installed itself depends on: text of its Depends field."""
    _apt("satisfy", [dependencies])


def installed(package):
    seen = subprocess.run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package],
                          check=False, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return seen.stdout == "installed"


def make_user(name, *options):
    """Makes a system user, and a group of the same name, unless the user exists. Options are those of adduser."""
    if ROOT or subprocess.run(["id", name], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        return
    run(["adduser", "--system", "--group", "--quiet", *options, name])


def _apt(verb, what):
    try:
        run(["apt-get", "-q", "-o", "DPkg::Lock::Timeout=300", "update"], env=QUIET)
        try:
            run([*APT, verb, *what], env=QUIET)
        except Refused as error:
            if "dpkg --configure -a" not in str(error):
                raise
            _end_interrupted()
            run([*APT, "--fix-broken", verb, *what], env=QUIET)
    except Refused as error:
        raise NotReady("packages: %s" % error) from error


def _end_interrupted():
    """The machine stopped while dpkg worked, which now wants to end that first. What it cannot end apt then says, or mends."""
    try:
        run(["dpkg", "--force-confold", "--configure", "-a"], env=QUIET)
    except Refused as error:
        print("packages: %s" % error, file=sys.stderr)


def systemctl(*words):
    run(["systemctl", *words])

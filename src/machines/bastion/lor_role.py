"""What makes a bastion of a machine: an SSH server that only forwards, and the user that it forwards for."""
import subprocess

from lor_machine import ROOT, run
from lor_services import systemctl

PACKAGES = []
OBSOLETE = []
# Services that always run.
SERVICES = ["prometheus-node-exporter.service"]
USER = "jump"


def make_users():
    if ROOT or subprocess.run(["id", USER], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        return
    run(["adduser", "--system", "--group", "--quiet", "--no-create-home", "--home", "/nonexistent", "--shell", "/usr/sbin/nologin", USER])


def secret_files(_document):
    return []


def check():
    """Its SSH server's configuration is checked with everyone's."""


def start(_changed, _released):
    systemctl("enable", "prometheus-node-exporter.service")
    systemctl("restart", "prometheus-node-exporter.service")

"""What makes a bastion of a machine: an SSH server that only forwards, and the user that it forwards for."""
from lor_services import make_user, systemctl

PACKAGES = []
OBSOLETE = []
# Services that always run.
SERVICES = ["prometheus-node-exporter.service"]
USER = "jump"


def make_users():
    make_user(USER, "--no-create-home", "--home", "/nonexistent", "--shell", "/usr/sbin/nologin")


def secret_files(_document):
    return []


def start(_changed, _released):
    systemctl("enable", "prometheus-node-exporter.service")
    systemctl("restart", "prometheus-node-exporter.service")

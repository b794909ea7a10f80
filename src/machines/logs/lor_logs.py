"""The journal of this machine, sent elsewhere."""
import json

from lor_files import File
from lor_machine import run
from lor_services import systemctl

CONFIG = "/etc/lor/logs.json"
UNIT = "lor-logs.service"
PROGRAMS = ("/usr/local/sbin/lor-logs", "/etc/systemd/system/" + UNIT)
JOURNAL = "/etc/systemd/journald.conf.d/20-lor.conf"


def files(document):
    logs = document.get("logs")
    return [File(CONFIG, 0o600, json.dumps(logs, indent=2, sort_keys=True) + "\n")] if logs else []


def obsolete(document):
    return [] if document.get("logs") else [CONFIG]


def owns(path):
    return path in PROGRAMS + (JOURNAL,)


def start(document, changed):
    if JOURNAL in changed:
        systemctl("restart", "systemd-journald.service")
        # Only then it leaves /run for the disk.
        run(["journalctl", "--flush"])
    if document.get("logs") and any(path in PROGRAMS + (CONFIG,) for path in changed):
        systemctl("daemon-reload")
        systemctl("enable", UNIT)
        systemctl("restart", UNIT)

"""Logging in to this machine: its SSH server, the people who may, and the publication of its host keys."""
from lor_files import File
from lor_machine import at, run
from lor_services import systemctl

ADMINISTRATORS = "/etc/ssh/lor_administrators"
HOST_KEYS_URL = "/etc/lor/host-keys-url"
HOST_KEYS_UNIT = "lor-host-keys.service"
SSHD = "/etc/ssh/sshd_config.d/"
PROGRAMS = ("/usr/local/sbin/lor-session", "/usr/local/sbin/lor-host-keys", "/etc/systemd/system/" + HOST_KEYS_UNIT)


def files(document):
    keys = document.get("administratorKeys", [])
    url = document.get("hostKeysUrl")
    return [
        File(ADMINISTRATORS, 0o644, "".join(key.strip() + "\n" for key in keys)),
        *([File(HOST_KEYS_URL, 0o600, url + "\n")] if url else []),
    ]


def owns(path):
    return path.startswith(SSHD) or path in PROGRAMS


def obsolete(document):
    return [] if document.get("hostKeysUrl") else [HOST_KEYS_URL]


def check(changed):
    """A server with a configuration that it refuses would not start again, and nobody could log in to mend it."""
    if any(path.startswith(SSHD) for path in changed):
        run(["sshd", "-t"])


def start(document, changed):
    if any(path.startswith(SSHD) for path in changed):
        systemctl("try-reload-or-restart", "ssh.service")
    if document.get("hostKeysUrl") and any(path in PROGRAMS + (HOST_KEYS_URL,) for path in changed):
        systemctl("daemon-reload")
        systemctl("enable", HOST_KEYS_UNIT)
        # Not waited for: it repeats until the object storage answers.
        systemctl("restart", "--no-block", HOST_KEYS_UNIT)

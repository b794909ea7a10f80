#!/usr/bin/python3 -I
"""Notes who logs in and what they run, then runs it: the forced command of every administrator's session.

The name comes from the administrator's line in /etc/ssh/lor_administrators. An administrator may become root, so this is a record among
people who trust each other, and no barrier.
"""
import json
import os
import pwd
import sys
import syslog

# A line of the journal is kept whole up to 48 KB.
MOST_CHARACTERS = 8000


def main():
    command = os.environ.get("SSH_ORIGINAL_COMMAND")
    record = {
        "who": os.environ.get("LOR_ADMINISTRATOR", "unknown"),
        "from": os.environ.get("SSH_CLIENT", "").split(" ")[0],
        "command": None if command is None else command[:MOST_CHARACTERS],
    }
    syslog.openlog("lor-session", syslog.LOG_PID, syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_INFO, json.dumps(record))
    shell = pwd.getpwuid(os.getuid()).pw_shell or "/bin/sh"
    name = os.path.basename(shell)
    if command is None:
        os.execv(shell, ["-" + name])
    os.execv(shell, [name, "-c", command])


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3 -I
"""Run on each front every minute: keeps the shop's logs short, fetches the files of an installation that another front carried out and, on
the one front that holds the lease, runs the shop's scheduled tasks.
"""
import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_release  # noqa: E402
import lor_shop  # noqa: E402
from lor_machine import Refused, at  # noqa: E402


# PrestaShop writes to one file, prod.log, for ever. An error on every page makes it grow by gigabytes a day.
LOG_BYTES = 50 << 20
KEPT_LOGS = 3


def shorten_logs(folder):
    """Renames each log that has become long, and drops the oldest. PrestaShop opens its log anew at each request. By open folders, because
    the shop's user could put a link in the place of one."""
    for _place, _folders, files, here in os.fwalk(folder):
        for name in files:
            seen = os.stat(name, dir_fd=here, follow_symlinks=False)
            if name.endswith(".log") and stat.S_ISREG(seen.st_mode) and seen.st_size > LOG_BYTES:
                older = ["%s.%d" % (name, number) for number in range(KEPT_LOGS, 0, -1)]
                for new, old in zip(older, [*older[1:], name]):
                    if old == name or old in files:
                        os.rename(old, new, src_dir_fd=here, dst_dir_fd=here)


def main():
    place = lor_release.current()
    if place is None:
        return 0
    try:
        shorten_logs(at(place + "/var/logs"))
    except OSError as reason:
        # Gone while this looked, or a disk without room: the next minute tries again.
        print("lor-front: logs: %s" % reason, file=sys.stderr)
    try:
        lor_shop.lay_made(place)
    except Refused as reason:
        # The tasks run without these files, too.
        print("lor-front: %s" % reason, file=sys.stderr)
    return subprocess.run(["php%s" % lor_shop.PHP, at("/usr/local/lib/lor/tasks.php")], check=False, **lor_shop.as_user()).returncode


if __name__ == "__main__":
    sys.exit(main())

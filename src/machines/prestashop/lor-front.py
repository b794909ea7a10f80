#!/usr/bin/python3 -I
"""Run on each front every minute: fetches the files of an installation that another front carried out and, on the one front that holds
the lease, runs the shop's scheduled tasks.
"""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

import lor_release  # noqa: E402
import lor_shop  # noqa: E402
from lor_machine import Refused, at  # noqa: E402


def main():
    place = lor_release.current()
    if place is None:
        return 0
    try:
        lor_shop.lay_made(place)
    except Refused as reason:
        # The tasks run without these files, too.
        print("lor-front: %s" % reason, file=sys.stderr)
    return subprocess.run(["php%s" % lor_shop.PHP, at("/usr/local/lib/lor/tasks.php")], check=False, **lor_shop.as_user()).returncode


if __name__ == "__main__":
    sys.exit(main())

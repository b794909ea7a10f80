"""What makes a machine fail that is not its application's: full disks, a wrong clock, a document that does not come."""
import email.utils
import os
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request

from lor_files import read_json
from lor_machine import STATUS, at

IDENTITY = "/etc/lor/identity.json"
# Below this share of a file system, or of its files, something will soon fail.
FREE_PERCENT = 3
CLOCK_SECONDS = 60


def report(reasons):
    """Adds what is found to the reasons."""
    since = read_json(STATUS).get("notFetchedSince")
    if since:
        reasons["document"] = "none came since %s, the last one stays in force: journalctl -u lor-fetch" % since
    full = [place for place in ("/", "/srv") if few(place)]
    if full:
        reasons["disk"] = "less than %d %% is free on %s" % (FREE_PERCENT, " and ".join(full))
    ahead = clock_ahead()
    if ahead is not None and abs(ahead) > CLOCK_SECONDS:
        reasons["clock"] = "%s by %s: systemctl status systemd-timesyncd" % ("ahead" if ahead > 0 else "behind", words(abs(ahead)))


def few(place):
    try:
        seen = os.statvfs(at(place))
    except FileNotFoundError:
        return False
    return any(all_of_it and 100 * free < FREE_PERCENT * all_of_it
               for free, all_of_it in ((seen.f_bavail, seen.f_blocks), (seen.f_favail, seen.f_files)))


def clock_ahead():
    """Seconds by which this machine's clock is ahead of the object storage's; None when that does not answer.

    A certificate cannot be checked by a clock that may be wrong, so nothing but the answer's date is used, and no signed address is sent.
    """
    url = urllib.parse.urlsplit(read_json(IDENTITY).get("documentUrl", ""))
    request = urllib.request.Request("%s://%s/" % (url.scheme, url.netloc), method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=5, context=ssl._create_unverified_context()) as answer:
            date = answer.headers["Date"]
    except urllib.error.HTTPError as error:
        date = error.headers["Date"]
    except (OSError, ValueError):
        return None
    return None if date is None else time.time() - email.utils.parsedate_to_datetime(date).timestamp()


def words(seconds):
    return "%d hours" % round(seconds / 3600) if seconds >= 7200 else "%d seconds" % seconds

"""Whether the filestore is the database's own: an ERP on an empty volume would serve as if its documents had never been there."""
import os
import subprocess

from lor_machine import at

FILES = "/srv/lor/odoo/filestore"
# Made by a person who goes on without the files.
ACCEPTED = "/srv/lor/odoo/go-on-without-files"
ASK = "SELECT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL"


class Unknown(Exception):
    """The database cannot be asked."""


def folder():
    return os.path.join(FILES, os.environ["PGDATABASE"])


def lost():
    """Why the filestore is not the database's, or "". As Odoo's user, with libpq's variables in the environment.

    Some files may be missing; where none is left, the volume is another one or was emptied.
    """
    if os.path.exists(at(ACCEPTED)):
        return ""
    try:
        asked = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-c", ASK], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, timeout=60)
    except subprocess.TimeoutExpired as error:
        raise Unknown("which files the database names is not known: it does not answer within a minute") from error
    if asked.returncode != 0:
        raise Unknown("which files the database names is not known: it does not answer")
    return none_left(asked.stdout.split())


def none_left(names):
    """The same, for the names that the database has."""
    if not names or any(os.path.exists(os.path.join(at(folder()), name)) for name in names):
        return ""
    return ("the filestore has none of the %d files that the database names: attach the volume that has them, or copy them back: "
            "runuser -u odoo -- rclone --config /etc/lor/rclone-odoo.conf copy copies:objects %s. To go on without them: touch %s"
            % (len(names), folder(), ACCEPTED))

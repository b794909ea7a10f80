#!/usr/bin/python3
"""lor-odoo ARGUMENT…: Odoo of the release in PYTHONPATH, with its own database wherever it asks for the database `postgres`.

Odoo enters a database of that name to see whether its own exists, and for the messages that wake its scheduled tasks and its websockets. A
managed service has none and lets nobody make one. Messages reach only listeners of the same database, so all of Odoo's processes start here:
it starts its process for websockets as a copy of this command.
"""
import os

MAINTENANCE = "postgres"


def main():
    # As Odoo's own program does, before any module reads the time.
    os.environ["TZ"] = "UTC"
    import odoo.cli
    import odoo.sql_db
    from odoo.tools import config

    connection_info_for = odoo.sql_db.connection_info_for

    def in_own_database(name, *args, **options):
        """The name stays: Odoo keeps connections to `postgres` out of its pool, and they may still listen."""
        found, connection = connection_info_for(name, *args, **options)
        if name == MAINTENANCE:
            connection = {**connection, "database": first(config["db_name"])}
        return found, connection

    odoo.sql_db.connection_info_for = in_own_database
    odoo.cli.main()


def first(names):
    """Odoo's setting db_name: one text up to Odoo 18, a list from Odoo 19 on."""
    return names.split(",")[0] if isinstance(names, str) else names[0]


if __name__ == "__main__":
    main()

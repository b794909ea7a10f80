"""Odoo's database and service, for the programs that set up the machine and those that install the application."""
import json
import os
import re

import lor_release
from lor_machine import NotReady, Refused, at, run, run_as, small_environment
from lor_services import systemctl

# The package of wkhtmltopdf's own builds, with patched Qt.
PATCHED_PDF = "wkhtmltox"
SETTINGS = "/etc/lor/odoo.conf"
# Variables of libpq, by which its programs and Odoo's scripts find the database.
DATABASE = "/etc/lor/postgresql.env"
FIRST_PASSWORD = "/etc/lor/odoo-first-password"
# Password file of the database service's administrator, the only one who can let Odoo's user make tables from PostgreSQL 15 on.
ADMINISTRATOR = "/etc/lor/postgresql-administrator.pass"
# Starts Odoo; see its own words.
PROGRAM = "/usr/local/sbin/lor-odoo"
ADDONS = "usr/lib/python3/dist-packages/odoo/addons"
CERTIFICATE = "/etc/lor/tls"
USER = "odoo"


def state():
    """What is in the database: kind (`empty`, `half`, `erp`, `foreign`), tables, version of the module base, rights; or {"error": reason}."""
    ask = (
        "SELECT json_build_object('tables', (SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'lor_install'),"
        " 'modules', to_regclass('public.ir_module_module') IS NOT NULL, 'marker', to_regclass('public.lor_install') IS NOT NULL,"
        " 'mayCreate', has_schema_privilege(current_user, 'public', 'CREATE'))")
    try:
        found = json.loads(sql(ask))
        found["version"] = None
        if found["modules"]:
            found["version"] = sql("SELECT latest_version FROM ir_module_module WHERE name = 'base' AND state IN ('installed', 'to upgrade')").strip() or None
        begun = found.pop("marker") and sql("SELECT state FROM lor_install WHERE id = 1").strip() == "started"
    except Refused as error:
        return {"error": "the database does not answer: %s" % error}
    if begun:
        found["kind"] = "half"
    elif found["tables"] == 0:
        found["kind"] = "empty"
    else:
        found["kind"] = "erp" if found["version"] else "foreign"
    return found


def sql(statement, **options):
    return odoo_user(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"], input=statement, **options)


def odoo_user(command, place="", **options):
    """Runs as Odoo's user with the database's settings in the environment; the password is in a file that libpq reads."""
    environment = small_environment(database_environment())
    if place:
        environment["PYTHONPATH"] = place + "/usr/lib/python3/dist-packages"
    return run(command, env=environment, **run_as(USER), **options)


def database_environment():
    with open(at(DATABASE), encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("=", 1) for line in file)


def ensure_rights(found):
    """From PostgreSQL 15 on only a database's owner may make tables in its schema public: its administrator grants it to Odoo's user."""
    if found["mayCreate"]:
        return
    database = database_environment()
    statement = 'GRANT USAGE, CREATE ON SCHEMA public TO "%s"' % database["PGUSER"].replace('"', '""')
    try:
        with open(at(ADMINISTRATOR), encoding="utf-8") as file:
            user = file.readline()[1:].strip()
    except FileNotFoundError as error:
        raise NotReady("the user %s may not make tables in the schema public. As the database service's administrator (avnadmin): %s"
                       % (database["PGUSER"], statement)) from error
    environment = small_environment({**database, "PGUSER": user, "PGPASSFILE": at(ADMINISTRATOR)})
    run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1"], input=statement, env=environment)


def release_version(place):
    """Odoo's own series of a release, such as 16.0, or None when it does not say."""
    try:
        with open(os.path.join(at(place), "usr/lib/python3/dist-packages/odoo/release.py"), encoding="utf-8") as file:
            found = re.search(r"version_info\s*=\s*\(\s*(\d+)\s*,\s*(\d+)", file.read())
    except FileNotFoundError:
        return None
    return "%s.%s" % found.groups() if found else None


def refuse_other_version(place, found):
    """A release serves only with a database of its own series: Odoo changes its tables from series to series."""
    version = release_version(place)
    if found["kind"] != "erp" or version is None or lor_release.current() == place:
        return
    series = ".".join(found["version"].split(".")[:2])
    if series != version:
        raise Refused("Odoo %s needs a database of its own series, and this one is of %s: the release is not put in place. "
                      "Name a release of %s in odoo.release" % (version, series, series))


def print_from_here():
    """The program that makes PDF files asks this machine for style sheets and logos: by its public address it would need the address to lead
    back here, to be in the allow-list, and to have a valid certificate. An address that a person has set stays."""
    sql("INSERT INTO ir_config_parameter (key, value, create_uid, create_date, write_uid, write_date) "
        "SELECT 'report.url', 'http://127.0.0.1:8069', 1, now() AT TIME ZONE 'UTC', 1, now() AT TIME ZONE 'UTC' "
        "WHERE NOT EXISTS (SELECT 1 FROM ir_config_parameter WHERE key = 'report.url');")


def run_service(restart):
    """Starts Odoo only on a database that has tables: an empty one, named by mistake, must not look like an ERP."""
    kind = state().get("kind")
    if kind == "empty":
        return
    if kind == "erp":
        print_from_here()
    systemctl("enable", "lor-odoo.service")
    systemctl("restart" if restart else "start", "lor-odoo.service")
    # Its last verdict is about the previous Odoo.
    systemctl("restart", "lor-health.service")

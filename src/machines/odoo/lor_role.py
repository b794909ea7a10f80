"""What makes the Odoo server of a machine."""
import os

import lor_erp
import lor_release
from lor_copy import remote
from lor_files import File
from lor_machine import ROOT, NotReady, Refused, at, run
from lor_services import install, install_archive, installed, make_user, satisfy, systemctl

PACKAGES = ["nginx-light", "rclone", "postgresql-client", "certbot", "openssl", "fonts-dejavu-core"]
PDF = "wkhtmltopdf"
OBSOLETE = ["/etc/nginx/sites-enabled/default"]
# Services that always run.
SERVICES = ["nginx.service", "lor-odoo.service", "certbot.timer", "prometheus-node-exporter.service"]
DATABASE_CA = "/etc/lor/database-ca.pem"
PASSWORDS = "/etc/lor/postgresql.pass"
DATA = "/srv/lor/odoo"
# How many times a new release is asked, a second apart, before the old one comes back. Odoo takes its time to start.
PROBES = 60


def make_users():
    make_user(lor_erp.USER, "--home", "/var/lib/odoo")


def secret_files(document):
    database = document["database"]
    mode = "verify-ca" if database.get("ca") else "require"
    environment = {
        "PGHOST": database["host"], "PGPORT": database["port"], "PGDATABASE": database["name"], "PGUSER": database["user"],
        "PGSSLMODE": mode, "PGPASSFILE": PASSWORDS, **({"PGSSLROOTCERT": DATABASE_CA} if database.get("ca") else {}),
    }
    return [
        File(lor_erp.SETTINGS, 0o640, settings(document, mode), group=lor_erp.USER),
        File(lor_erp.DATABASE, 0o644, "".join("%s=%s\n" % pair for pair in environment.items())),
        # libpq reads it only when nobody else can.
        File(PASSWORDS, 0o600, password_line(database["password"]), owner=lor_erp.USER, group=lor_erp.USER),
        File(lor_erp.FIRST_PASSWORD, 0o600, document["secrets"]["adminPassword"] + "\n"),
        File("/etc/lor/rclone-odoo.conf", 0o640, remote("copies", document["copies"]), group=lor_erp.USER),
        *([File(DATABASE_CA, 0o644, database["ca"])] if database.get("ca") else []),
        *administrator(database),
    ]


def administrator(database):
    """Password file of libpq, for root alone. Its first line, a comment, is the user's name."""
    known = database.get("administrator")
    if not known:
        return []
    return [File(lor_erp.ADMINISTRATOR, 0o600, "#%s\n%s" % (known["user"], password_line(known["password"])))]


def password_line(password):
    """Line of a password file of libpq, for every server, database and user."""
    return "*:*:*:*:%s\n" % password.replace("\\", "\\\\").replace(":", "\\:")


def settings(document, mode):
    database = document["database"]
    # No dbfilter: with one Odoo offers only databases that its own user owns, and those of a managed service belong to its administrator.
    values = {
        "db_host": database["host"], "db_port": database["port"], "db_name": database["name"], "db_user": database["user"],
        "db_password": database["password"], "db_sslmode": mode, "list_db": "False",
        "admin_passwd": document["secrets"]["masterPassword"], "data_dir": DATA, "proxy_mode": "True",
        "addons_path": "/srv/lor/current/" + lor_erp.ADDONS,
        "http_interface": "127.0.0.1", "http_port": 8069, "gevent_port": 8072, "limit_time_cpu": 600, "limit_time_real": 1200,
        "without_demo": "all", **mail(document),
    }
    return "[options]\n" + "".join("%s = %s\n" % pair for pair in values.items())


def unpack(archive, folder):
    """Odoo's Debian package, unpacked beside the running one instead of installed over it; what it depends on is installed."""
    try:
        run(["dpkg-deb", "--extract", archive, folder])
    except Refused as error:
        raise Refused("the release's archive is no Debian package") from error
    if not os.path.isfile(os.path.join(folder, "usr/bin/odoo")):
        raise Refused("the release's archive has no usr/bin/odoo")
    satisfy(run(["dpkg-deb", "--field", archive, "Depends"]).strip())


def check():
    certificate()
    run(["nginx", "-t"])


def certificate():
    """A certificate of its own until lor-certificate has got a real one: nginx needs one to start."""
    if os.path.exists(at(lor_erp.CERTIFICATE + "/fullchain.pem")):
        return
    os.makedirs(at(lor_erp.CERTIFICATE), mode=0o700, exist_ok=True)
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
         "-subj", "/CN=localhost", "-keyout", at(lor_erp.CERTIFICATE + "/privkey.pem"), "-out", at(lor_erp.CERTIFICATE + "/fullchain.pem")])


def mail(document):
    """Options of outgoing mail: the relay of the settings. Without one Odoo asks this machine, where no mail program is. Odoo's options know
    STARTTLS and no TLS from the first byte (odoo/addons/base/models/ir_mail_server.py)."""
    relay = document.get("mail")
    if not relay or relay["tls"] == "tls":
        return {}
    values = {"smtp_server": relay["host"], "smtp_port": relay["port"], "smtp_ssl": str(relay["tls"] == "starttls")}
    if relay.get("user"):
        values.update(smtp_user=relay["user"], smtp_password=document["secrets"]["mailPassword"])
    return values


def before_switch(place, document, changed):
    for folder in (DATA, "/srv/lor/copies"):
        os.makedirs(at(folder), mode=0o750, exist_ok=True)
        if not ROOT:
            run(["chown", "%s:%s" % (lor_erp.USER, lor_erp.USER), folder])
    pdf(document)
    found = lor_erp.state()
    if "error" in found:
        if lor_release.current() == place:
            return
        raise NotReady(found["error"])
    lor_erp.ensure_rights(found)
    lor_erp.refuse_other_version(place, found)
    if found["kind"] == "erp":
        require_files()


def require_files():
    """Odoo refuses to start without its files; here the reason gets into the machine's status, and the link to the release stays as it is."""
    try:
        lor_erp.odoo_user([at("/usr/local/sbin/lor-health"), "--filestore"])
    except Refused as reason:
        raise NotReady(str(reason)) from reason


def pdf(document):
    """The program that makes PDF files: a build with patched Qt where the settings name one, Debian's otherwise."""
    wanted = document.get("wkhtmltopdf")
    if wanted is None:
        install([PDF])
    elif not installed(lor_erp.PATCHED_PDF):
        fetched = lor_release.fetch({**wanted, "version": "wkhtmltopdf"})
        # apt takes a file for a package by its ending.
        archive = fetched + ".deb"
        os.rename(fetched, archive)
        install_archive(archive)
        os.unlink(archive)


def go_back(changed, released):
    start(changed, released)


def start(changed, released):
    systemctl("enable", "lor-tune.service", "nginx.service", "lor-health.service", "prometheus-node-exporter.service")
    systemctl("restart" if "/usr/local/sbin/lor-health" in changed else "start", "lor-health.service")
    lor_erp.run_service(bool(released or changed & {lor_erp.SETTINGS, DATABASE_CA, lor_erp.DATABASE, lor_erp.PROGRAM, "/etc/systemd/system/lor-odoo.service"}))
    systemctl("reload-or-restart", "nginx.service")
    systemctl("restart", "prometheus-node-exporter.service")
    # Debian's own timer renews the certificate that lor-certificate got.
    for timer in ("lor-filestore-copy.timer", "lor-certificate.timer", "certbot.timer"):
        systemctl("enable", timer)
        systemctl("restart", timer)

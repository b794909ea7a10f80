"""What makes the Odoo server of a machine."""
import os
import subprocess

from lor_files import File
from lor_machine import ROOT, NotReady, Refused, at, run
from lor_services import satisfy, systemctl

PACKAGES = ["nginx-light", "rclone", "postgresql-client", "certbot", "openssl", "fonts-dejavu-core", "wkhtmltopdf"]
OBSOLETE = ["/etc/nginx/sites-enabled/default"]
SETTINGS = "/etc/lor/odoo.conf"
DATABASE_CA = "/etc/lor/database-ca.pem"
PASSWORDS = "/etc/lor/postgresql.pass"
FIRST_PASSWORD = "/etc/lor/odoo-first-password"
DATA = "/srv/lor/odoo"
CERTIFICATE = "/etc/lor/tls"
USER = "odoo"
# How many times a new release is asked, a second apart, before the old one comes back. Odoo takes its time to start.
PROBES = 60
# On the data volume: a first start that was cut is finished, and never repeated on a database that someone filled.
FIRST_START = "/srv/lor/first-start"


def make_users():
    if ROOT or subprocess.run(["id", USER], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        return
    run(["adduser", "--system", "--group", "--quiet", "--home", "/var/lib/odoo", USER])


def secret_files(document):
    database = document["database"]
    mode = "verify-ca" if database.get("ca") else "require"
    environment = {
        "PGHOST": database["host"], "PGPORT": database["port"], "PGDATABASE": database["name"], "PGUSER": database["user"],
        "PGSSLMODE": mode, "PGPASSFILE": PASSWORDS, **({"PGSSLROOTCERT": DATABASE_CA} if database.get("ca") else {}),
    }
    escaped = database["password"].replace("\\", "\\\\").replace(":", "\\:")
    return [
        File(SETTINGS, 0o640, settings(document, mode), group=USER),
        File("/etc/lor/postgresql.env", 0o644, "".join("%s=%s\n" % pair for pair in environment.items())),
        # libpq reads it only when nobody else can.
        File(PASSWORDS, 0o600, "*:*:*:*:%s\n" % escaped, owner=USER, group=USER),
        File(FIRST_PASSWORD, 0o640, document["secrets"]["adminPassword"], group=USER),
        File("/etc/lor/rclone-odoo.conf", 0o640, rclone(document["copies"]), group=USER),
        *([File(DATABASE_CA, 0o644, database["ca"])] if database.get("ca") else []),
    ]


def settings(document, mode):
    database = document["database"]
    values = {
        "db_host": database["host"], "db_port": database["port"], "db_name": database["name"], "db_user": database["user"],
        "db_password": database["password"], "db_sslmode": mode, "dbfilter": "^%s$" % database["name"], "list_db": "False",
        "admin_passwd": document["secrets"]["masterPassword"], "data_dir": DATA, "proxy_mode": "True",
        "addons_path": "/srv/lor/current/usr/lib/python3/dist-packages/odoo/addons",
        "http_interface": "127.0.0.1", "http_port": 8069, "gevent_port": 8072, "limit_time_cpu": 600, "limit_time_real": 1200,
        "without_demo": "all",
    }
    return "[options]\n" + "".join("%s = %s\n" % pair for pair in values.items())


def rclone(storage):
    return (
        "[copies-account]\ntype = s3\nprovider = Other\nendpoint = %s\nregion = %s\naccess_key_id = %s\nsecret_access_key = %s\n"
        "no_check_bucket = true\n\n[copies]\ntype = alias\nremote = copies-account:%s\n"
        % (storage["endpoint"], storage["region"], storage["accessKey"], storage["secretKey"], storage["bucket"])
    )


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
    if os.path.exists(at(CERTIFICATE + "/fullchain.pem")):
        return
    os.makedirs(at(CERTIFICATE), mode=0o700, exist_ok=True)
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650",
         "-subj", "/CN=localhost", "-keyout", at(CERTIFICATE + "/privkey.pem"), "-out", at(CERTIFICATE + "/fullchain.pem")])


def before_switch(place, document, changed):
    for folder in (DATA, "/srv/lor/copies"):
        os.makedirs(at(folder), mode=0o750, exist_ok=True)
        if not ROOT:
            run(["chown", "%s:%s" % (USER, USER), folder])
    first_start(place)


def first_start(place):
    """An empty database is given Odoo's tables, and its administrator a password that is not `admin`, before anything serves it."""
    ask = ["psql", "-X", "-A", "-t", "-c", "SELECT to_regclass('public.ir_module_module') IS NULL"]
    try:
        empty = odoo_user(ask).strip() == "t"
    except Refused as error:
        raise NotReady("the database does not answer: %s" % error) from error
    if not empty and not os.path.exists(at(FIRST_START)):
        return
    open(at(FIRST_START), "w", encoding="utf-8").close()
    program = ["python3", place + "/usr/bin/odoo"]
    addons = "--addons-path=%s/usr/lib/python3/dist-packages/odoo/addons" % place
    odoo_user([*program, "-c", at(SETTINGS), addons, "-i", "base", "--stop-after-init", "--no-http"], place)
    odoo_user([*program, "shell", "-c", at(SETTINGS), addons, "--no-http"], place, input=(
        "env.ref('base.user_admin').password = open('%s').read()\nenv.cr.commit()\n" % at(FIRST_PASSWORD)))
    os.unlink(at(FIRST_START))


def odoo_user(command, place="", **options):
    """Runs as Odoo's user with the database's settings in the environment; the password is in a file that libpq reads."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "LOR_ROOT": ROOT}
    if place:
        environment["PYTHONPATH"] = place + "/usr/lib/python3/dist-packages"
    with open(at("/etc/lor/postgresql.env"), encoding="utf-8") as file:
        environment.update(line.rstrip("\n").split("=", 1) for line in file)
    user = {} if ROOT else {"user": USER, "group": USER, "extra_groups": []}
    return run(command, env=environment, **user, **options)


def start(changed, released):
    systemctl("enable", "lor-tune.service", "nginx.service", "lor-odoo.service", "prometheus-node-exporter.service")
    if released or changed & {SETTINGS, DATABASE_CA, "/etc/lor/postgresql.env", "/etc/systemd/system/lor-odoo.service"}:
        systemctl("restart", "lor-odoo.service")
    else:
        systemctl("start", "lor-odoo.service")
    systemctl("reload-or-restart", "nginx.service")
    systemctl("restart", "prometheus-node-exporter.service")
    for timer in ("lor-filestore-copy.timer", "lor-certificate.timer"):
        systemctl("enable", timer)
        systemctl("restart", timer)

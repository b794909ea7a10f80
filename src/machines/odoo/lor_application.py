"""Odoo as an application: its database made once, and its state in words."""
import datetime
import re
import subprocess

import lor_erp
from lor_machine import NotReady, Refused, at
from lor_services import installed

ROLE = "odoo"
# Written before the first table, so that a half-made database is known as this program's own.
MARKER = "CREATE TABLE IF NOT EXISTS lor_install (id int PRIMARY KEY, state text NOT NULL, email text NOT NULL, started timestamptz NOT NULL DEFAULT now())"
# Subject of the certificate that nginx starts with until a real one is issued.
SELF_MADE = "CN = localhost"


def install(place, request):
    """Gives an empty database Odoo's tables and its administrator a name and a password, then starts the service."""
    if "email" not in request:
        raise Refused("the installation was asked for without an address: lor-app install --email ADDRESS")
    found = lor_erp.state()
    if "error" in found:
        raise NotReady(found["error"])
    if found["kind"] == "erp":
        # A second call must not stop the ERP that people work with.
        lor_erp.run_service(False)
        return {"installed": True, "already": True, "version": found["version"]}
    if found["kind"] == "foreign":
        raise Refused("the database has %d tables and is no Odoo: nothing was changed" % found["tables"])
    lor_erp.ensure_rights(found)
    if found["kind"] == "half":
        clear(found)
    email = quoted(request["email"])
    lor_erp.sql("%s;\nINSERT INTO lor_install (id, state, email) VALUES (1, 'started', %s) ON CONFLICT (id) DO UPDATE SET state = 'started', email = %s;"
        % (MARKER, email, email))
    make(place, request["email"])
    lor_erp.sql("UPDATE lor_install SET state = 'complete' WHERE id = 1;")
    made = lor_erp.state()
    if made.get("kind") != "erp":
        raise Refused("Odoo made no complete database: %s" % made.get("error", made.get("kind")))
    lor_erp.run_service(True)
    return {"installed": True, "already": False, "administrator": request["email"], "version": made["version"],
            "passwordFile": lor_erp.FIRST_PASSWORD}


def clear(found):
    """Drops what an unfinished installation left. Refused when a user has signed in since, who may have worked with it."""
    if found["modules"] and lor_erp.sql("SELECT to_regclass('public.res_users_log') IS NOT NULL").strip() == "t" \
            and lor_erp.sql("SELECT count(*) FROM res_users_log").strip() != "0":
        raise Refused("an installation began here and did not end, but users have signed in since: the database is left alone. "
                      "If it is a restored one, delete the row of the table lor_install")
    lor_erp.sql("DO $$ DECLARE name text; BEGIN\n"
        "FOR name IN SELECT format('DROP VIEW IF EXISTS %I CASCADE', viewname) FROM pg_views WHERE schemaname = 'public' AND viewowner = current_user LOOP EXECUTE name; END LOOP;\n"
        "FOR name IN SELECT format('DROP TABLE IF EXISTS %I CASCADE', tablename) FROM pg_tables\n"
        "  WHERE schemaname = 'public' AND tableowner = current_user AND tablename <> 'lor_install' LOOP EXECUTE name; END LOOP;\n"
        "FOR name IN SELECT format('DROP SEQUENCE IF EXISTS %I CASCADE', sequencename) FROM pg_sequences\n"
        "  WHERE schemaname = 'public' AND sequenceowner = current_user LOOP EXECUTE name; END LOOP;\nEND $$;")


def make(place, email):
    program = ["python3", at(lor_erp.PROGRAM)]
    addons = "--addons-path=%s/%s" % (place, lor_erp.ADDONS)
    lor_erp.odoo_user([*program, "-c", at(lor_erp.SETTINGS), addons, "-i", "base", "--stop-after-init", "--no-http", "--max-cron-threads=0"], place)
    with open(at(lor_erp.FIRST_PASSWORD), encoding="utf-8") as file:
        password = file.read().strip()
    # On standard input: arguments can be read by every user of the machine.
    words = "user = env.ref('base.user_admin')\nuser.write({'login': %r, 'password': %r})\nuser.partner_id.email = %r\nenv.cr.commit()\nprint('administrator set')\n"
    said = lor_erp.odoo_user([*program, "shell", "-c", at(lor_erp.SETTINGS), addons, "--no-http"], place, input=words % (email, password, email))
    if "administrator set" not in said:
        raise Refused("Odoo's administrator could not be named: %s" % said.strip()[-300:].replace(password, "[secret]"))


def quoted(text):
    return "'%s'" % text.replace("'", "''")


def report(reasons):
    """What is known of the ERP; what is not known is left out, with its reason."""
    seen = lor_erp.state()
    found = {"notes": []}
    if "error" in seen:
        for name in ("installed", "tables", "lastOrder", "queue", "mail"):
            reasons[name] = seen["error"]
    else:
        found.update(installed=seen["kind"] == "erp", tables=seen["tables"])
        if seen["kind"] == "erp":
            found["lastOrder"] = newest(reasons)
            found["queue"] = outgoing(reasons)
            found["mail"] = mail_in_words()
        else:
            reasons["installed"] = {"empty": "the database is empty: lor-infra app install",
                                    "half": "an installation began and did not end: lor-infra app install begins anew"
                                    }.get(seen["kind"], "the database holds tables that are no Odoo")
            reasons["lastOrder"] = reasons["queue"] = reasons["mail"] = "Odoo is not installed"
    found["certificateDays"] = certificate_days(reasons)
    if plain_pdf():
        found["notes"].append("PDF files are made by Debian's wkhtmltopdf, without page headers and footers: name a patched one in odoo.wkhtmltopdf")
    return found


def newest(reasons):
    """Time of the last sale's order; the module for sales may not be installed."""
    if lor_erp.sql("SELECT to_regclass('public.sale_order') IS NOT NULL").strip() != "t":
        reasons["lastOrder"] = "the module for sales is not installed"
        return None
    last = lor_erp.sql("SELECT to_char(max(create_date), 'YYYY-MM-DD\"T\"HH24:MI:SS') FROM sale_order").strip() or None
    if last is None:
        reasons["lastOrder"] = "there is no order yet"
    return last


def outgoing(reasons):
    """Messages that wait to be sent."""
    if lor_erp.sql("SELECT to_regclass('public.mail_mail') IS NOT NULL").strip() != "t":
        reasons["queue"] = "the module for messages is not installed"
        return None
    return int(lor_erp.sql("SELECT count(*) FROM mail_mail WHERE state = 'outgoing'"))


def certificate_days(reasons):
    path = at(lor_erp.CERTIFICATE + "/fullchain.pem")
    seen = subprocess.run(["openssl", "x509", "-noout", "-subject", "-enddate", "-in", path], check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
    if seen.returncode != 0:
        reasons["certificateDays"] = "there is no certificate yet"
        return None
    if SELF_MADE in seen.stdout:
        reasons["certificateDays"] = "self-made, until the public name leads here: systemctl status lor-certificate"
        return None
    return days_until(re.search(r"notAfter=(.*)", seen.stdout).group(1))


def days_until(text):
    """Whole days until an instant as openssl writes it."""
    end = datetime.datetime.strptime(text.strip(), "%b %d %H:%M:%S %Y %Z").replace(tzinfo=datetime.timezone.utc)
    return (end - datetime.datetime.now(datetime.timezone.utc)).days


def mail_in_words():
    with open(at(lor_erp.SETTINGS), encoding="utf-8") as file:
        server = [line.split(" = ", 1)[1].strip() for line in file if line.startswith("smtp_server = ")]
    return "by %s" % server[0] if server else "no mail is sent, unless Odoo names a server itself: the settings name no relay (mail) with starttls or none"


def plain_pdf():
    return not installed(lor_erp.PATCHED_PDF)

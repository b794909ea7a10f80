"""A small ERP that stands for Odoo in tests: its options, settings file, first tables, shell, workers' ports and filestore."""
import configparser
import hashlib
import http.server
import os
import signal
import sys
import threading

import psycopg2

from odoo.sql_db import db_connect
from odoo.tools import config


def connect():
    return db_connect(config["db_name"][0])


def require_database():
    """Odoo's first look at the server, which leads to the database `postgres`."""
    connection = db_connect("postgres")
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", (config["db_name"][0],))
        assert cursor.fetchone(), "the database does not exist"
    connection.close()


def make_tables(connection):
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE IF NOT EXISTS ir_module_module (name text PRIMARY KEY, state text, latest_version text)")
        cursor.execute("CREATE TABLE IF NOT EXISTS res_users (id serial PRIMARY KEY, login text, password text, email text)")
        cursor.execute("CREATE TABLE IF NOT EXISTS ir_attachment (id serial PRIMARY KEY, name text, store_fname text)")
        cursor.execute("CREATE TABLE IF NOT EXISTS ir_config_parameter (id serial PRIMARY KEY, key text UNIQUE, value text,"
                       " create_uid int, create_date timestamp, write_uid int, write_date timestamp)")
        cursor.execute("INSERT INTO ir_module_module VALUES ('base', 'installed', %s) ON CONFLICT DO NOTHING", ("@@series@@.1.3",))
        cursor.execute("INSERT INTO res_users (login, password) SELECT 'admin', 'admin' WHERE NOT EXISTS (SELECT 1 FROM res_users)")


class Record:
    """The first user, as far as the shell's script needs it."""

    def __init__(self, cursor):
        self.cursor = cursor
        self.partner_id = self

    def write(self, values):
        hashed = hashlib.sha256(values["password"].encode()).hexdigest()
        self.cursor.execute("UPDATE res_users SET login = %s, password = %s WHERE id = 1", (values["login"], hashed))

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value)
        if name == "email":
            self.cursor.execute("UPDATE res_users SET email = %s WHERE id = 1", (value,))


class Environment:
    def __init__(self, connection):
        self.cursor = connection.cursor()
        self.cr = connection

    def ref(self, name):
        assert name == "base.user_admin", name
        return Record(self.cursor)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/web/health":
            return self.answer(200, "application/json", '{"status": "pass"}')
        try:
            connection = connect()
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM res_users")
                users = cursor.fetchone()[0]
            connection.close()
        except psycopg2.Error as error:
            return self.answer(500, "text/plain", type(error).__name__)
        self.answer(200, "text/html", "<html><title>Odoo</title><form action='/web/login'>%d</form></html>" % users)

    def do_POST(self):
        """Stores a document: its bytes in the filestore, then its row."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        name = hashlib.sha1(body).hexdigest()
        folder = os.path.join(config["data_dir"], "filestore", config["db_name"][0], name[:2])
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(body)
        connection = connect()
        with connection, connection.cursor() as cursor:
            cursor.execute("INSERT INTO ir_attachment (name, store_fname) VALUES (%s, %s)", (self.path, "%s/%s" % (name[:2], name)))
        connection.close()
        self.answer(200, "text/plain", name)

    def answer(self, status, kind, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def serve():
    servers = [http.server.ThreadingHTTPServer((config["http_interface"], int(config[name])), Handler) for name in ("http_port", "gevent_port")]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


def main():
    arguments = sys.argv[1:]
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    parser = configparser.RawConfigParser()
    parser.read(arguments[arguments.index("-c") + 1])
    config.update(parser["options"], db_name=parser["options"]["db_name"].split(","))
    if "shell" in arguments:
        exec(sys.stdin.read(), {"env": Environment(connect())})
        return
    require_database()
    if "-i" in arguments:
        make_tables(connect())
    else:
        serve()

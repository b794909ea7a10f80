"""Connections, by the functions of Odoo's module of this name."""
import psycopg2

from odoo.tools import config


def connection_info_for(name, readonly=False):
    return name, {"database": name, **{key: config["db_" + key] for key in ("host", "port", "user", "password", "sslmode")}}


def db_connect(name):
    found, how = connection_info_for(name)
    if found != name:
        raise ValueError("URI connections not allowed")
    return psycopg2.connect(**how)

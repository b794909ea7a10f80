#!/usr/bin/python3 -I
"""Derives Odoo's workers and memory limits from this machine's processors and memory, at every boot."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

from lor_files import write  # noqa: E402
from lor_machine import memory_mebibytes, private_address, processors  # noqa: E402

# The system, nginx, the copies.
RESERVED_MEBIBYTES = 2048
# Below this a worker is recycled in the middle of ordinary work.
WORKER_MEBIBYTES = 640
# Odoo's own default. It limits addresses, not memory, and also those of the program that makes PDF files: with 1079 MiB that program crashed on a
# table of 12,000 rows.
ADDRESSES_MEBIBYTES = 2560
CRON_THREADS = 2
# A small managed PostgreSQL takes about a hundred.
CONNECTIONS = 80


def sizes(cpus, memory):
    workers = max(2, min(cpus * 2 + 1, (memory - RESERVED_MEBIBYTES) // WORKER_MEBIBYTES - CRON_THREADS - 1))
    # Workers, scheduled work, and the one that holds the websockets.
    processes = workers + CRON_THREADS + 1
    share = max(WORKER_MEBIBYTES, (memory - RESERVED_MEBIBYTES) // processes)
    hard = max(ADDRESSES_MEBIBYTES, share)
    return {"workers": workers, "hard": hard << 20, "soft": (share * 8 // 10) << 20, "connections": max(4, CONNECTIONS // processes)}


def main():
    size = sizes(processors(), memory_mebibytes())
    write("/etc/lor/odoo-tuning.env", (
        "# Written by lor-tune at every boot.\nLOR_ODOO_TUNING=--workers=%(workers)d --max-cron-threads=%(cron)d --limit-memory-soft=%(soft)d "
        "--limit-memory-hard=%(hard)d --db_maxconn=%(connections)d\n" % {**size, "cron": CRON_THREADS}).encode())
    write("/etc/default/prometheus-node-exporter", ('ARGS="--web.listen-address=%s:9100"\n' % private_address()).encode())


if __name__ == "__main__":
    main()

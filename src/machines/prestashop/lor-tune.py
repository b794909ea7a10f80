#!/usr/bin/python3 -I
"""Derives PHP's sizes from this machine's processors and memory, at every boot: a front that was enlarged uses what it got."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

from lor_files import read_json, write  # noqa: E402
from lor_machine import memory_mebibytes, private_address, processors  # noqa: E402

# The system, nginx, the images' cache and the exporter.
RESERVED_MEBIBYTES = 1024 + 512
CHILD_MEBIBYTES = 128
# More only wait for the processor, and each holds a connection to the database.
CHILDREN_PER_PROCESSOR = 12


def sizes(cpus, memory, most=None):
    opcache = 256 if memory < 8192 else 512
    children = max(4, min((memory - RESERVED_MEBIBYTES - opcache) // CHILD_MEBIBYTES, cpus * CHILDREN_PER_PROCESSOR))
    children = min(children, most or children)
    return {
        "opcache": opcache,
        "children": children,
        # PHP wants least <= start <= most <= children.
        "start": min(children, max(2, children // 4)),
        "least": max(1, children // 6),
        "most": min(children, max(3, children // 2)),
    }


def main():
    size = sizes(processors(), memory_mebibytes(), read_json("/etc/lor/tuning.json").get("phpChildren"))
    write("/etc/php/8.2/fpm/pool.d/lor-tuning.conf", (
        "; Written by lor-tune at every boot.\n[lor-shop]\npm = dynamic\npm.max_children = %(children)d\npm.start_servers = %(start)d\n"
        "pm.min_spare_servers = %(least)d\npm.max_spare_servers = %(most)d\npm.max_requests = 1000\n" % size).encode())
    write("/etc/php/8.2/fpm/conf.d/90-lor-tuning.ini", (
        "; Written by lor-tune at every boot.\nopcache.memory_consumption = %(opcache)d\nopcache.interned_strings_buffer = 32\n"
        "opcache.max_accelerated_files = 32531\nrealpath_cache_size = 8M\nrealpath_cache_ttl = 300\n" % size).encode())
    write("/etc/default/prometheus-node-exporter", ('ARGS="--web.listen-address=%s:9100"\n' % private_address()).encode())


if __name__ == "__main__":
    main()

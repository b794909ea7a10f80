#!/usr/bin/python3
"""heartbeats.py CONFIGURATION: what the agent on each load balancer's machine reports, for all of them.

The machines are pretended, so nobody on them looks at a member or reports to Octavia's health manager. This does, by the rules of the real
agent and its HAProxy: a new member is trusted until checks have failed, `rise` and `fall` checks change its state, weight 0 is reported as
DRAIN. A check passes when Nova says that the guest behind the member's address runs and is not being worked on; no guest, no answer.
Octavia draws its own conclusions: operating statuses are the real ones of what is reported.
"""
import hashlib
import hmac
import json
import socket
import sys
import time
import zlib

import pymysql

LISTENERS = """
SELECT a.id AS machine, l.id AS listener FROM octavia.amphora a
JOIN octavia.load_balancer b ON b.id = a.load_balancer_id AND b.provisioning_status NOT IN ('PENDING_CREATE', 'PENDING_DELETE', 'ERROR')
LEFT JOIN octavia.listener l ON l.load_balancer_id = b.id AND l.enabled AND l.provisioning_status <> 'PENDING_CREATE'
WHERE a.status = 'ALLOCATED'
"""
MEMBERS = """
SELECT a.id AS machine, p.id AS pool, m.id AS member, m.weight, m.enabled, h.delay, h.rise_threshold AS rise, h.fall_threshold AS fall,
  EXISTS (
    SELECT 1 FROM neutron.ipallocations i JOIN neutron.ports q ON q.id = i.port_id
    JOIN nova.instances g ON g.uuid = q.device_id AND g.deleted = 0
    WHERE i.ip_address = m.ip_address AND i.subnet_id = m.subnet_id
      AND g.vm_state IN ('active', 'resized') AND g.power_state = 1 AND g.task_state IS NULL
  ) AS answers
FROM octavia.amphora a
JOIN octavia.pool p ON p.load_balancer_id = a.load_balancer_id AND p.provisioning_status <> 'PENDING_CREATE'
LEFT JOIN octavia.member m ON m.pool_id = p.id AND m.provisioning_status <> 'PENDING_CREATE'
LEFT JOIN octavia.health_monitor h ON h.pool_id = p.id AND h.enabled AND h.provisioning_status <> 'PENDING_CREATE'
WHERE a.status = 'ALLOCATED'
"""


class Check:
    """What HAProxy knows of one member."""

    def __init__(self):
        self.up = True
        self.against = 0
        self.due = 0.0

    def look(self, row, now):
        if now < self.due:
            return
        self.due = now + row["delay"]
        self.against = self.against + 1 if bool(row["answers"]) != self.up else 0
        if self.against >= (row["fall"] if self.up else row["rise"]):
            self.up, self.against = not self.up, 0


def status_of(row, checks, now):
    if not row["enabled"]:
        return "MAINT"
    if row["delay"] is None:
        return "no check"
    check = checks.setdefault(row["member"], Check())
    check.look(row, now)
    if not check.up:
        return "DOWN"
    return "DRAIN" if row["weight"] == 0 else "UP"


def messages(cursor, checks, sequence):
    now = time.monotonic()
    machines = {}
    cursor.execute(LISTENERS)
    for row in cursor.fetchall():
        message = machines.setdefault(row["machine"], {"id": row["machine"], "seq": sequence, "ver": 2, "listeners": {}, "pools": {}})
        if row["listener"] is not None:
            nothing = {"tx": 0, "rx": 0, "conns": 0, "totconns": 0, "ereq": 0}
            message["listeners"][row["listener"]] = {"status": "OPEN", "stats": nothing}
    cursor.execute(MEMBERS)
    for row in cursor.fetchall():
        message = machines.get(row["machine"])
        if message is None:
            continue
        # The part after the colon is the listener's in a real report; Octavia takes it off.
        pool = message["pools"].setdefault(row["pool"] + ":", {"status": "UP", "members": {}})
        if row["member"] is not None:
            pool["members"][row["member"]] = status_of(row, checks, now)
    for message in machines.values():
        for pool in message["pools"].values():
            if pool["members"] and all(status == "DOWN" for status in pool["members"].values()):
                pool["status"] = "DOWN"
    return machines.values()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        configuration = json.load(file)
    key = configuration["key"].encode()
    manager = (configuration["host"], configuration["port"])
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    checks = {}
    sequence = 0
    while True:
        try:
            with pymysql.connect(**configuration["database"], cursorclass=pymysql.cursors.DictCursor, autocommit=True) as connection:
                with connection.cursor() as cursor:
                    while True:
                        sequence += 1
                        for message in messages(cursor, checks, sequence):
                            payload = zlib.compress(json.dumps(message).encode())
                            sender.sendto(payload + hmac.new(key, payload, hashlib.sha256).hexdigest().encode(), manager)
                        time.sleep(configuration["seconds"])
        except pymysql.MySQLError as error:
            print(f"the database does not answer, looking again: {error}", file=sys.stderr, flush=True)
            time.sleep(1)


if __name__ == "__main__":
    main()

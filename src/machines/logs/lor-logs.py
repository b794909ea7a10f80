#!/usr/bin/python3 -I
"""Sends this machine's journal elsewhere, piece by piece, so that it can be read when the machine is gone.

A piece that was not accepted is sent again: the place in the journal is kept on the disk, and written after the piece has arrived. The address
and the machine's other secrets are never in a message, and are taken out of every line.
"""
import base64
import glob
import hashlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
import zlib

ROOT = os.environ.get("LOR_ROOT", "")
CONFIG = ROOT + "/etc/lor/logs.json"
IDENTITY = ROOT + "/etc/lor/identity.json"
# Of every bundle: a document that could not be applied holds secrets, too.
DOCUMENTS = ROOT + "/var/lib/lor/bundles/*/document.json"
CURSOR = ROOT + "/var/lib/lor/logs-cursor"
FIELDS = "MESSAGE,SYSLOG_IDENTIFIER,_COMM,_PID,PRIORITY"
# A piece ends after this many lines, or after the line that brings it to this many bytes.
MOST_LINES = 20000
MOST_BYTES = 4 * 1024 * 1024
# A longer line is cut: nobody reads it whole.
MOST_CHARACTERS = 16384
SHORTEST_SECRET = 8
PRIORITIES = tuple("01234567")
INFORMATIONAL = 6


def main():
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stop.set())
    once = os.environ.get("LOR_LOGS_ONCE") == "1"
    while True:
        last = stop.is_set() or once
        failed = send_all(read_json(CONFIG))
        if last:
            # What is left is sent at the next start.
            return 1 if failed else 0
        stop.wait(int(read_json(CONFIG)["everySeconds"]))


def send_all(config):
    """Sends everything that the journal has; True when a piece was not accepted."""
    try:
        while send_piece(config):
            pass
    except Exception as error:  # whatever it is, the next turn tries again
        print("lor-logs: not sent: %s %s" % (type(error).__name__, getattr(error, "code", "")), file=sys.stderr, flush=True)
        return True
    return False


def send_piece(config):
    """Sends the next piece; True when more is waiting."""
    entries, more = read_journal()
    if not entries:
        return False
    scrub = scrubber(config)
    lines = [line_of(entry, scrub) for entry in entries]
    target = urllib.parse.urlsplit(config["target"])
    if target.scheme == "swift":
        put_piece(config, entries, lines)
    elif target.scheme == "https":
        post(config["target"], "POST", "".join(json.dumps(line) + "\n" for line in lines).encode(), "application/x-ndjson", {})
    else:
        send_syslog(target, lines)
    keep(entries[-1]["__CURSOR"])
    return more


def read_journal():
    # Without --all a field of 4096 bytes or more is null.
    command = ["journalctl", "--no-pager", "--quiet", "--all", "--output=json", "--output-fields=" + FIELDS]
    if os.path.exists(CURSOR):
        with open(CURSOR, encoding="utf-8") as file:
            command.append("--after-cursor=" + file.read())
    entries, size = [], 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        for text in process.stdout:
            size += len(text)
            entries.append(json.loads(text))
            if len(entries) >= MOST_LINES or size >= MOST_BYTES:
                process.kill()
                return entries, True
    if process.returncode != 0:
        raise RuntimeError("journalctl ended with %d" % process.returncode)
    return entries, False


def line_of(entry, scrub):
    priority = text(entry.get("PRIORITY"))
    return {
        "t": moment(entry), "i": text(entry.get("SYSLOG_IDENTIFIER")) or text(entry.get("_COMM")), "p": text(entry.get("_PID")),
        "l": int(priority) if priority in PRIORITIES else INFORMATIONAL, "m": scrub(text(entry.get("MESSAGE")))[:MOST_CHARACTERS],
    }


def text(value):
    """A field of the journal: any program may write any value, several times, and one that is not UTF-8 is a list of bytes."""
    if not isinstance(value, list):
        return "" if value is None else str(value)
    if all(isinstance(each, int) for each in value):
        return bytes(value).decode(errors="replace")
    return "\n".join(text(each) for each in value)


def moment(entry):
    """ISO 8601 with microseconds."""
    seconds, micro = divmod(int(entry["__REALTIME_TIMESTAMP"]), 1000000)
    return "%s.%06dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)), micro)


def scrubber(config):
    """Takes the values of the document's secrets out of a text. Longer ones first: one may be in another."""
    found = set()
    for path in glob.glob(DOCUMENTS):
        collect(read_json(path), found)
    found.update(urllib.parse.parse_qs(urllib.parse.urlsplit(config["target"]).query).get("temp_url_sig", []))
    secrets = sorted((value for value in found if len(value) >= SHORTEST_SECRET), key=len, reverse=True)

    def scrub(message):
        for value in secrets:
            message = message.replace(value, "[secret]")
        return message

    return scrub


def collect(document, found):
    found.update(document.get("secrets", {}).values())
    found.add(document.get("database", {}).get("password", ""))
    for part in ("storage", "copies"):
        found.add(document.get(part, {}).get("secretKey", ""))
    for address in (document.get("hostKeysUrl", ""), read_json(IDENTITY).get("documentUrl", "")):
        found.update(urllib.parse.parse_qs(urllib.parse.urlsplit(address).query).get("temp_url_sig", []))


def put_piece(config, entries, lines):
    """The name comes from the first line: a piece that is sent again, perhaps with more lines, takes the place of the first."""
    packed = zlib.compress("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode(), 9)
    body = {
        "version": 1, "from": lines[0]["t"], "to": lines[-1]["t"], "lines": len(lines), "packed": base64.b64encode(packed).decode(),
    }
    name = "%s-%s.json" % (lines[0]["t"].replace(":", "-"), hashlib.sha256(entries[0]["__CURSOR"].encode()).hexdigest()[:8])
    address = urllib.parse.urlsplit(config["target"])
    server = os.environ.get("LOR_LOGS_URL", "https://" + address.netloc)
    post("%s%s%s?%s" % (server, address.path, name, address.query), "PUT", json.dumps(body).encode(), "application/json", {"X-Delete-After": str(int(config["keepSeconds"]))})


def post(url, method, body, kind, headers):
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": kind, **headers})
    with urllib.request.urlopen(request, timeout=60):
        pass


def send_syslog(target, lines):
    """RFC 5424 over TCP, each message with its length before it (RFC 6587). The facility is `user`."""
    name = read_json(IDENTITY)["name"]
    secure = target.scheme == "syslog+tls"
    with socket.create_connection((target.hostname, target.port or (6514 if secure else 514)), timeout=60) as plain:
        wrap = ssl.create_default_context().wrap_socket
        connection = wrap(plain, server_hostname=target.hostname) if secure else plain
        for line in lines:
            identifier = "".join(c for c in line["i"] if 32 < ord(c) < 127)[:48] or "-"
            header = "<%d>1 %s %s %s %s - -" % (8 + line["l"], line["t"], name, identifier, line["p"] or "-")
            message = ("%s %s" % (header, line["m"])).encode()
            connection.sendall(b"%d %s" % (len(message), message))
        await_end(connection)


def await_end(connection):
    """Ends the stream and waits for the peer's end: only a peer that has read everything closes its side without a reset."""
    if not isinstance(connection, ssl.SSLSocket):
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
        return
    try:
        connection.unwrap()
    except ssl.SSLEOFError:
        # The end of the connection in place of that of TLS, which RFC 5425 allows and rsyslog does with GnuTLS. Python reports it from 3.11.4 on.
        pass


def keep(cursor):
    staged = CURSOR + ".new"
    os.makedirs(os.path.dirname(CURSOR), mode=0o755, exist_ok=True)
    with open(staged, "w", encoding="utf-8") as file:
        file.write(cursor)
        file.flush()
        os.fsync(file.fileno())
    os.rename(staged, CURSOR)


def read_json(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


if __name__ == "__main__":
    sys.exit(main())

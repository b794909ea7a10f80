"""One run of a copy to the off-site bucket: its deadline, its commands, and a status whose age can be asked.

The status is kept on the machine and, as status/<name>.json, in the bucket of the copies: lastSuccess is when the last complete copy
ended, instant the moment that it can bring back.
"""
import datetime
import json
import os
import signal
import subprocess
import tempfile

from lor_files import read_json, write_json
from lor_machine import at


class Stopped(Exception):
    """The copy took longer than it may."""


class Copy:
    def __init__(self, name, folder, config):
        self.name = name
        self.config = config
        self._status = "%s/status-%s.json" % (folder, name)
        self._seconds = int(os.environ["LOR_COPY_TIMEOUT_SECONDS"])
        self._running = set()

    def carry_out(self, work):
        """work(copy) does the copy and returns what to add to the status, the instant among it. Ends with 0 or 1."""
        started = moment()
        signal.signal(signal.SIGALRM, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        signal.alarm(self._seconds)
        try:
            result, found, message = "success", work(self), ""
        except Stopped:
            result, found, message = "timeout", {}, "stopped after %d seconds" % self._seconds
        except Exception as reason:  # whatever it is, it must be told
            result, found, message = "failure", {}, str(reason)[-600:]
        signal.alarm(0)
        for process in list(self._running):
            process.kill()
        self._tell(started, result, found, message)
        return 0 if result == "success" else 1

    def run(self, command, **options):
        """Runs a command that is killed at the deadline; returns its output."""
        process = self.start(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
        out, complaint = process.communicate()
        self.done(process)
        if process.returncode != 0:
            raise RuntimeError("%s ended with %d: %s" % (" ".join(command[:2]), process.returncode, complaint.strip()[-500:]))
        return out

    def start(self, command, **options):
        process = subprocess.Popen(command, **options)
        self._running.add(process)
        return process

    def done(self, process):
        self._running.discard(process)

    def rclone(self, *words):
        return self.run(["rclone", "--config", at(self.config), "--retries", "3", "--log-level", "ERROR", *words])

    def _stop(self, _signal, _frame):
        raise Stopped()

    def _tell(self, started, result, found, message):
        status = read_json(self._status)
        ended = moment()
        if result == "success":
            status = {"lastSuccess": stamp(ended), "instant": stamp(started), **found}
        status.update({
            "version": 1, "copy": self.name, "timeoutSeconds": self._seconds,
            "lastRun": {"startedAt": stamp(started), "endedAt": stamp(ended), "result": result, "message": message,
                        "seconds": round((ended - started).total_seconds(), 1)},
        })
        write_json(self._status, status, 0o644)
        self._store(status, "status/%s.json" % self.name)
        if result == "success":
            # Its age is that of the newest complete copy, whatever later runs came to.
            self._store(status, "status/%s-success.json" % self.name)
        print("lor-copy: %s: %s %s" % (self.name, result, message), flush=True)

    def _store(self, status, key):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(status, file)
        try:
            # Sent whole every time: rclone would only give a status that says the same another time, by a copy inside the bucket.
            subprocess.run(["rclone", "--config", at(self.config), "--log-level", "ERROR", "copyto", "--ignore-times", file.name,
                            "copies:" + key],
                           check=False, timeout=60)
        except subprocess.TimeoutExpired:
            print("lor-copy: the status could not be stored", flush=True)
        finally:
            os.unlink(file.name)


def remote(name, storage):
    """Part of rclone's configuration by which NAME: is a bucket of S3."""
    return (
        "[%s-account]\ntype = s3\nprovider = Other\nendpoint = %s\nregion = %s\naccess_key_id = %s\nsecret_access_key = %s\n"
        "no_check_bucket = true\n\n[%s]\ntype = alias\nremote = %s-account:%s\n"
        % (name, storage["endpoint"], storage["region"], storage["accessKey"], storage["secretKey"], name, name, storage["bucket"])
    )


def moment():
    return datetime.datetime.now(datetime.timezone.utc)


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")

# Copyright: the authors of lor-infra; Apache-2.0.
"""Writes what happens in a run as JSON lines to file descriptor 3, and what each host was given to the folder LOR_MANAGED."""
from __future__ import annotations

DOCUMENTATION = """
name: lor_events
type: aggregate
short_description: JSON lines of a run, and the files, packages and units that it managed
description:
  - Writes one JSON document a line to file descriptor 3.
  - At the start of each play it writes, for each host, the managed files, packages and units to the folder LOR_MANAGED.
"""

import json
import os

from ansible.plugins.callback import CallbackBase

EVENTS = 3

# Modules that leave a file, and the argument that names it; the others are not followed.
FILES = {
    "assemble": "dest", "blockinfile": "path", "copy": "dest", "cron": None, "deb822_repository": None, "file": "path",
    "get_url": "dest", "ini_file": "path", "lineinfile": "path", "replace": "path", "template": "dest",
}
PACKAGES = {"apt": "name", "package": "name", "dnf": "name"}
UNITS = {"service": "name", "systemd": "name", "systemd_service": "name"}
# Only these are ever read of a task that hides its output.
NAMES = ("dest", "path", "name", "state")


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "lor_events"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._managed = {}

    def _tell(self, **event):
        os.write(EVENTS, (json.dumps(event, default=str) + "\n").encode())

    def v2_playbook_on_start(self, playbook):
        self._tell(event="playbook", path=playbook._file_name)

    def v2_playbook_on_play_start(self, play):
        self._keep_managed()
        self._tell(event="play", name=play.get_name())

    def v2_playbook_on_task_start(self, task, is_conditional):
        self._tell(event="task", name=task.get_name())

    def v2_playbook_on_handler_task_start(self, task):
        self._tell(event="task", name=task.get_name())

    def v2_runner_on_ok(self, result):
        self._follow(result)
        self._result(result, "changed" if result.is_changed() else "ok")

    def v2_runner_on_failed(self, result, ignore_errors=False):
        self._result(result, "ignored" if ignore_errors else "failed", self._message(result))

    def v2_runner_on_skipped(self, result):
        self._result(result, "skipped")

    def v2_runner_on_unreachable(self, result):
        self._result(result, "unreachable", self._message(result))

    def v2_on_file_diff(self, result):
        # A task with no_log arrives here without its diff.
        parts = result.result.get("results", [result.result])
        texts = [self._get_diff(part["diff"]) for part in parts if isinstance(part, dict) and part.get("diff") and part.get("changed")]
        text = "".join(text for text in texts if text)
        if text:
            self._tell(event="diff", host=result.host.get_name(), task=result.task_name, diff=text)

    def v2_playbook_on_stats(self, stats):
        hosts = {host: stats.summarize(host) for host in sorted(stats.processed)}
        self._tell(event="recap", hosts=hosts)

    def _result(self, result, status, message=None):
        event = {"event": "result", "host": result.host.get_name(), "task": result.task_name, "status": status}
        if message:
            event["message"] = message
        self._tell(**event)

    def _message(self, result):
        seen = result.result
        if "censored" in seen:
            return seen["censored"]
        parts = [seen.get("msg"), seen.get("stderr") or seen.get("module_stderr")]
        failed = [part for part in seen.get("results", []) if isinstance(part, dict) and part.get("failed")]
        parts += [part.get(name) for part in failed for name in ("msg", "stderr", "stdout")]
        return ": ".join(str(part).strip() for part in parts if part)[:2000]

    def _follow(self, result):
        """Notes what a successful task manages, whether it changed anything or not."""
        if result.is_skipped() or result.task.delegate_to:
            return
        module = str(result.task_fields.get("action") or result.task.action).rsplit(".", 1)[-1]
        kind = next((kind for kind, table in (("files", FILES), ("packages", PACKAGES), ("units", UNITS)) if module in table), None)
        if kind is None:
            return
        for arguments, seen in self._runs(result):
            if seen.get("skipped"):
                continue
            for name in self._names(module, kind, arguments, seen):
                self._managed.setdefault(result.host.get_name(), {}).setdefault(kind, set()).add(name)

    def _runs(self, result):
        """Arguments and result of the task, or of each item of its loop."""
        items = result.result.get("results")
        if isinstance(items, list) and result.task.loop is not None:
            return [(self._arguments(item, {}), item) for item in items if isinstance(item, dict)]
        return [(self._arguments(result.result, result.task_fields.get("args", {})), result.result)]

    @staticmethod
    def _arguments(seen, otherwise):
        given = seen.get("invocation", {}).get("module_args") or otherwise
        return {name: given.get(name) for name in NAMES}

    @staticmethod
    def _names(module, kind, arguments, seen):
        state = arguments.get("state")
        if kind == "files":
            path = seen.get("dest") or seen.get("path") or (FILES[module] and arguments.get(FILES[module]))
            return [path] if isinstance(path, str) and path.startswith("/") else []
        if kind == "packages" and state in ("absent", "removed"):
            return []
        names = arguments.get("name") or []
        names = names.split(",") if isinstance(names, str) else names
        return [str(name).strip().split("=")[0] for name in names]

    def _keep_managed(self):
        folder = os.environ.get("LOR_MANAGED")
        if not folder:
            return
        for host, managed in self._managed.items():
            place = os.path.join(folder, host + ".json")
            with open(place + ".new", "w", encoding="utf-8") as file:
                json.dump({kind: sorted(managed.get(kind, ())) for kind in ("files", "packages", "units")}, file)
            os.rename(place + ".new", place)

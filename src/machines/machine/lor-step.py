"""Runs a step at most once on this machine, as a systemd unit that outlives the connection.

Sent by the controller and run as root with one JSON request on standard input:
{"verb": "take", "name": NAME, "command": [...], "env": {...}, "seconds": N}   starts the step unless its name was taken before
{"verb": "wait", "name": NAME, "offset": N, "seconds": N}                      waits for its end, at most so long
Both print {"state": ..., "code": ..., "output": ..., "offset": ..., "more": ...}. States: running, ended, interrupted (the machine stopped
while the step ran: it is never run again), not-taken.

The unit itself is `lor-step exec NAME SPECIFICATION`.
"""
import codecs
import json
import os
import subprocess
import sys
import time

STEPS = "/var/lib/lor/steps"
SPECIFICATIONS = "/run/lor/steps"
MOST_OUTPUT = 1 << 20


def place(name, *parts):
    return os.path.join(STEPS, name, *parts)


def answer(request, program):
    name = request["name"]
    if request["verb"] == "take":
        take(name, request, program)
    deadline = time.monotonic() + request["seconds"]
    while True:
        state = state_of(name)
        if state["state"] != "running" or time.monotonic() >= deadline:
            break
        time.sleep(0.1)
    return {**state, **read_output(name, request.get("offset", 0))}


def take(name, request, program):
    if os.path.exists(place(name, "started")) or active(name):
        return
    os.makedirs(place(name), mode=0o700, exist_ok=True)
    os.makedirs(SPECIFICATIONS, mode=0o700, exist_ok=True)
    write(place(name, "lor-step.py"), program)
    # In memory and for root alone: the environment may hold secrets. Arguments and properties of a unit are read by everyone.
    specification = os.path.join(SPECIFICATIONS, "%s.%d" % (name, os.getpid()))
    write(specification, json.dumps({"command": request["command"], "env": request.get("env", {})}))
    # systemd gives a name to one unit: of two takers, one fails here and finds the other's unit.
    command = ["systemd-run", "--quiet", "--no-block", "--collect", "--unit", unit(name), "--property=Type=exec",
               "/usr/bin/python3", "-I", place(name, "lor-step.py"), "exec", name, specification]
    if subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode != 0:
        os.unlink(specification)


def state_of(name):
    result = read_result(name)
    if result is None and not active(name):
        # It may have ended between the two looks.
        result = read_result(name)
        if result is None:
            return {"state": "interrupted" if os.path.exists(place(name, "started")) else "not-taken"}
    return {"state": "running"} if result is None else {"state": "ended", "code": result["code"]}


def execute(name, specification):
    """Inside the unit. The mark is made before the command runs and never removed, so that no second unit runs it."""
    try:
        os.close(os.open(place(name, "started"), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return 0
    sync(place(name))
    with open(specification, encoding="utf-8") as file:
        wanted = json.load(file)
    for left in os.listdir(SPECIFICATIONS):
        if left.rpartition(".")[0] == name:
            os.unlink(os.path.join(SPECIFICATIONS, left))
    with open(place(name, "output"), "wb", buffering=0, opener=private) as output:
        try:
            code = subprocess.run(wanted["command"], check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                  env={**os.environ, **wanted["env"]}).returncode
        except OSError as error:
            output.write(("%s\n" % error).encode())
            code = 127
    write(place(name, "result.json"), json.dumps({"code": code}))
    return 0


def read_result(name):
    try:
        with open(place(name, "result.json"), encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return None


def read_output(name, offset):
    """Text from an offset, in bytes; `more` when there is more of it already."""
    try:
        with open(place(name, "output"), "rb") as file:
            file.seek(offset)
            part = file.read(MOST_OUTPUT)
            more = file.read(1) != b""
    except FileNotFoundError:
        return {"output": "", "offset": offset, "more": False}
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    text = decoder.decode(part)
    # A character that is cut is read again, with its rest.
    return {"output": text, "offset": offset + len(part) - len(decoder.getstate()[0]), "more": more}


def active(name):
    """Whether the unit runs, or systemd is about to start it: it is inactive while its job waits."""
    shown = subprocess.run(["systemctl", "show", "--property=ActiveState,Job", unit(name)], check=False,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True).stdout
    fields = dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)
    return fields.get("Job", "") not in ("", "0") or fields.get("ActiveState") in ("active", "activating", "deactivating", "reloading")


def unit(name):
    return "lor-step-%s.service" % name


def write(path, text):
    staged = "%s.%d" % (path, os.getpid())
    with open(staged, "w", encoding="utf-8", opener=private) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(staged, path)
    sync(os.path.dirname(path))


def private(path, flags):
    return os.open(path, flags, 0o600)


def sync(folder):
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


if sys.argv[1:2] == ["exec"]:
    sys.exit(execute(sys.argv[2], sys.argv[3]))

"""The data volume: found by its label, mounted at /srv; formatted only when it is certain that nothing is on it."""
import json
import os
import subprocess

from lor_machine import NotReady, Refused, at, run

LABEL = "lor-data"
PLACE = "/srv"
HEAD_BYTES = 4 * 1024 * 1024
TAIL_BYTES = 1024 * 1024


def ensure():
    """Mounts the data volume.

    NotReady: no volume is attached yet. Refused: a volume is there that may hold someone's data, or more than one is empty.
    """
    if mounted():
        return
    disks = json.loads(run(["lsblk", "--json", "--bytes", "--output", "PATH,TYPE,FSTYPE,LABEL,PTTYPE,MOUNTPOINTS,SIZE"]))["blockdevices"]
    labelled = [disk["path"] for disk in disks if disk.get("label") == LABEL]
    if len(labelled) > 1:
        raise Refused("more than one volume is labelled %s: %s" % (LABEL, ", ".join(labelled)))
    if not labelled:
        _format(_only_blank(disks))
    run(["systemctl", "enable", "--now", "srv.mount"])
    if not mounted():
        raise NotReady("the data volume is not mounted at %s" % PLACE)


def mounted():
    found = subprocess.run(["findmnt", "-rn", "-o", "LABEL", "-M", at(PLACE)], check=False, stdout=subprocess.PIPE, text=True)
    return found.returncode == 0 and found.stdout.strip() == LABEL


def grow():
    """The file system follows a volume that was made larger; nothing happens otherwise."""
    device = run(["findmnt", "-rn", "-o", "SOURCE", "-M", at(PLACE)]).strip()
    run(["resize2fs", device])


def _only_blank(disks):
    plain = [
        disk["path"] for disk in disks
        if disk["type"] == "disk" and not disk.get("children") and not disk.get("fstype") and not disk.get("pttype")
        and not any(disk.get("mountpoints") or [])
    ]
    if not plain:
        raise NotReady("no volume labelled %s and no empty one is attached" % LABEL)
    if len(plain) > 1:
        raise Refused("which volume is for data? None is labelled %s, and these have no file system: %s" % (LABEL, ", ".join(plain)))
    return plain[0]


def _format(device):
    probe = subprocess.run(["blkid", "--probe", device], check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # 2: blkid knows nothing on it. 0: something; 8: more than one thing.
    if probe.returncode != 2 or not _zero(device):
        raise Refused("%s carries no file system that is known, but it is not empty: it is left alone. "
                      "Format it by hand (mkfs.ext4 -L %s) if nothing on it matters" % (device, LABEL))
    run(["mkfs.ext4", "-q", "-L", LABEL, device])
    run(["udevadm", "settle"])


def _zero(device):
    with open(device, "rb") as disk:
        if any(disk.read(HEAD_BYTES)):
            return False
        end = disk.seek(0, os.SEEK_END)
        disk.seek(max(0, end - TAIL_BYTES))
        return not any(disk.read(TAIL_BYTES))

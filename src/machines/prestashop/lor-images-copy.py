#!/usr/bin/python3 -I
"""Copies the shop's images and files to the off-site bucket, under the names that they have. What was deleted stays in the copy.

The cloud replicates the bucket to the same place under the same names, but promises no time for it; this does. What replication or
another front has brought already is only looked at, by checksum: an image that was overwritten may have kept its size.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib/lor"))

from lor_copy import Copy  # noqa: E402


def work(copy):
    copy.rclone("copy", "--transfers", "8", "--checkers", "16", "--checksum", "images:", "copies:")
    return {}


if __name__ == "__main__":
    sys.exit(Copy("images", "/var/lib/lor", "/etc/lor/rclone.conf").carry_out(work))

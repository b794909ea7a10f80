#!/usr/bin/python3
"""nova-compute with the driver of this folder: Nova takes a driver only from below its own package nova.virt."""
import os
import sys

from nova.cmd import compute  # first of all: it replaces blocking calls in what is imported after it
import nova.virt

nova.virt.__path__.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "virt"))

if __name__ == "__main__":
    sys.argv[0] = "nova-compute"
    sys.exit(compute.main())

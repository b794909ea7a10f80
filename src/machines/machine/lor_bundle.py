"""A document laid out by lor-fetch: document.json, and under files/ the files of the role."""
import json
import os

from lor_files import File

BUNDLES = "/var/lib/lor/bundles"


class Bundle:
    def __init__(self, folder):
        self.folder = os.path.abspath(folder)
        with open(os.path.join(folder, "document.json"), encoding="utf-8") as file:
            self.document = json.load(file)

    @property
    def id(self):
        return os.path.basename(self.folder)

    def files(self):
        return [File(file["path"], int(file["mode"], 8), file["content"]) for file in self.document["files"]]

    def command(self, name):
        """A program of this bundle, usable before its files are installed."""
        return os.path.join(self.folder, "files/usr/local/sbin", name)

    def paths(self):
        return {file["path"] for file in self.document["files"]}

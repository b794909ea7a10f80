"""Calls OVHcloud's API twice through its client of PyPI, the second time when a line has come in, and says what it was answered."""

import json
import os
import sys

import ovh
from ovh import client as library

library.ENDPOINTS["local"] = os.environ["ENDPOINT"]
client = ovh.Client(
    endpoint="local",
    application_key=os.environ["KEY"],
    application_secret=os.environ["SECRET"],
    consumer_key=os.environ["CONSUMER"],
)
for _ in range(2):
    try:
        said = {"answer": client.get("/cloud/project")}
    except ovh.exceptions.HTTPError:
        said = {"connected": False}
    except ovh.APIError as refused:
        said = {"status": refused.response.status_code, "message": str(refused).split(" \n")[0]}
    print(json.dumps(said), flush=True)
    if sys.stdin.readline() == "":
        break

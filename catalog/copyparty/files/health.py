"""Exits 0 when copyparty answers, asks a stranger to sign in, and may write where it keeps the files."""

import http.client
import os
import sys

connection = http.client.HTTPConnection("127.0.0.1", 3923, timeout=4)
connection.request("PROPFIND", "/commun/")
status = connection.getresponse().status
if status != 401:
    sys.exit(f"a stranger gets {status} instead of 401")
if not os.access("/w/commun", os.W_OK):
    sys.exit("cannot write to /w/commun")

"""Make the calendar that all members share, /association/calendar/, through Radicale's own door, unless it is there.

Given the administrator's name and the name the calendar shows. Exits 1 with what the server said when it refuses.
"""

import base64
import http.client
import sys
from pathlib import Path
from xml.sax.saxutils import escape

BODY = """<?xml version="1.0" encoding="utf-8"?>
<mkcol xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<resourcetype><collection/>{kind}</resourcetype><displayname>{title}</displayname>
</prop></set></mkcol>"""


def request(method: str, path: str, admin: str, body: str = "") -> int:
    """Return the status of one request sent as the administrator."""
    password = Path("/run/secrets/admin_password").read_text(encoding="utf-8").strip()
    credentials = base64.b64encode(f"{admin}:{password}".encode()).decode()
    connection = http.client.HTTPConnection("127.0.0.1", 5232, timeout=20)
    headers = {"Authorization": f"Basic {credentials}", "Depth": "0", "Content-Type": "application/xml"}
    connection.request(method, path, body.encode(), headers)
    return connection.getresponse().status


def make(path: str, admin: str, title: str, kind: str = "") -> None:
    """Make the collection unless it is there."""
    if request("PROPFIND", path, admin) == 207:
        return
    status = request("MKCOL", path, admin, BODY.format(kind=kind, title=escape(title)))
    if status != 201:
        sys.exit(f"Radicale answered {status} to the making of {path}")


if __name__ == "__main__":
    make("/association/", sys.argv[1], sys.argv[2])
    make("/association/calendar/", sys.argv[1], sys.argv[2], "<C:calendar/>")

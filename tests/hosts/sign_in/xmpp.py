"""Sign in to a chat as a browser does (BOSH, SASL PLAIN): ADDRESS DOMAIN NAME PASSWORD TIMES FORGED_ADDRESS.

Prints for each time: in, wrong, down (no answer of the service) or shut (no connection), after which it ends.
"""

import base64
import http.client
import random
import re
import socket
import ssl
import sys

ADDRESS, DOMAIN, NAME, PASSWORD, TIMES, FORGED = sys.argv[1:7]
CONTEXT = ssl._create_unverified_context()
HEADERS = {"Content-Type": "text/xml", **dict.fromkeys(("X-Forwarded-For", "X-Real-IP"), FORGED)}
OPEN = "to='{}' wait='2' hold='1' ver='1.6' xml:lang='fr' xmpp:version='1.0' xmlns:xmpp='urn:xmpp:xbosh'"
AUTH = "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>{}</auth>"


def once() -> str:
    """Sign in over a connection of its own."""
    connection = http.client.HTTPSConnection(DOMAIN, timeout=15, context=CONTEXT)
    plain = socket.create_connection((ADDRESS, 443), timeout=15)
    connection.sock = CONTEXT.wrap_socket(plain, server_hostname=DOMAIN)
    request = random.randrange(1 << 20)
    attributes, content = OPEN.format(DOMAIN), ""
    for _step in range(5):
        request += 1
        body = f"<body xmlns='http://jabber.org/protocol/httpbind' rid='{request}' {attributes}>{content}</body>"
        connection.request("POST", "/http-bind", body, {**HEADERS, "Forwarded": f"for={FORGED}"})
        answer = connection.getresponse().read().decode()
        if "<success" in answer or "<failure" in answer:
            return "in" if "<success" in answer else "wrong"
        if session := re.search("sid=['\"]([^'\"]+)", answer) if not content else None:
            attributes = f"sid='{session[1]}'"
            content = AUTH.format(base64.b64encode(f"\0{NAME}\0{PASSWORD}".encode()).decode())
        else:
            content = ""
        if "sid=" not in attributes:
            return "down"
    return "down"


for _time in range(int(TIMES)):
    try:
        print(once(), flush=True)
    except OSError:
        print("shut")
        break

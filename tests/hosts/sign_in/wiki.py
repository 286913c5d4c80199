"""Sign in to a wiki: ADDRESS DOMAIN WAY:NAME PASSWORD TIMES FORGED_ADDRESS; the way is client, login (api.php) or page.

Prints for each time: in, wrong, or shut (no connection), after which it ends.
"""

import http.client
import json
import re
import socket
import ssl
import sys
from urllib.parse import urlencode

ADDRESS, DOMAIN, WHO, PASSWORD, TIMES, FORGED = sys.argv[1:7]
WAY, _, NAME = WHO.partition(":")
CONTEXT = ssl._create_unverified_context()
HEADERS = dict.fromkeys(("X-Forwarded-For", "X-Real-IP", "Client-IP"), FORGED)
TOKEN = "/api.php?action=query&meta=tokens&type=login&format=json"
# The French name of the page, which stands in the form too: the address alone tells nothing.
PAGE = "Spécial:Connexion"


def ask(cookies: dict[str, str], path: str, form: dict[str, str]) -> tuple[int, str]:
    """Send a form, or ask for a page where there is none. Return status and text."""
    connection = http.client.HTTPSConnection(DOMAIN, timeout=30, context=CONTEXT)
    plain = socket.create_connection((ADDRESS, 443), timeout=30)
    connection.sock = CONTEXT.wrap_socket(plain, server_hostname=DOMAIN)
    headers = {**HEADERS, "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
    connection.request("POST" if form else "GET", path, urlencode(form) or None, headers)
    answer = connection.getresponse()
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        name, _, value = cookie.partition(";")[0].partition("=")
        cookies[name] = value
    return answer.status, answer.read().decode()


def once() -> bool:
    """Sign in with cookies of its own."""
    cookies: dict[str, str] = {}
    if WAY == "page":
        page = ask(cookies, "/wiki/Sp%C3%A9cial:Connexion", {})[1]
        token = re.findall('name="wpLoginToken"[^>]*value="([^"]+)"', page)[0]
        form = {"wpName": NAME, "wpPassword": PASSWORD, "wpLoginToken": token, "authAction": "login", "title": PAGE}
        return ask(cookies, "/index.php", {**form, "wpEditToken": "+\\"})[0] == 302
    token = json.loads(ask(cookies, TOKEN, {})[1])["query"]["tokens"]["logintoken"]
    form = {"lgname": NAME, "lgpassword": PASSWORD, "lgtoken": token}
    if WAY == "client":
        form = {"username": NAME, "password": PASSWORD, "logintoken": token, "loginreturnurl": f"https://{DOMAIN}/"}
    text = ask(cookies, f"/api.php?action={'client' * (WAY == 'client')}login&format=json", form)[1]
    return '"PASS"' in text or '"Success"' in text


for _time in range(int(TIMES)):
    try:
        print("in" if once() else "wrong", flush=True)
    except OSError:
        print("shut")
        break

"""One member in each service, as the association makes one, and how that member signs in as a person does."""

import base64
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from rehearsal import INSTANCES, Host

PASSWORD = "Correct-Horse-9-Battery"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Browser:
    """Somebody at a site: keeps cookies as a browser does."""

    host: Host
    domain: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, **headers: str) -> tuple[int, dict[str, str], str]:
        """Ask for a page, or send a form. Return (status, headers, text)."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        sent |= FORM if form else {}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = urlencode(form).encode() if form else b""
        status, got, text = self.host.fetch(self.domain, path, "POST" if form else "GET", body, sent)
        for name, value in re.findall(r"(?:^|, )([A-Za-z0-9_!#$%&'*+.^`|~%-]+)=([^;,]*)", got.get("set-cookie", "")):
            if name.lower() not in ("expires", "path", "domain", "max-age", "samesite"):
                self.cookies[name] = value
        return status, got, text

    def token(self, path: str, name: str) -> str:
        """Return the hidden value of a form."""
        text = self.ask(path)[2]
        found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
        assert found, f"{path} has no {name}"
        return found[1]


def inside(host: Host, instance: str, line: str, stdin: str = "", container: str = "app") -> str:
    """Run a command line in a container of an instance."""
    command = f"cd {INSTANCES}/{instance} && docker compose exec -T {container} sh -c {shlex.quote(line)}"
    return host.run(command, stdin)


def make_dokuwiki(host: Host, instance: str) -> None:
    code = (
        "$p = trim(fgets(STDIN)); file_put_contents('/storage/conf/users.auth.php', "
        '"ada:" . password_hash($p, PASSWORD_BCRYPT) . ":Ada:ada@example.org:user\\n", FILE_APPEND);'
    )
    inside(host, instance, f"php -r {shlex.quote(code)}", PASSWORD + "\n")


def enter_dokuwiki(browser: Browser) -> bool:
    form = {"u": "ada", "p": PASSWORD, "do": "login", "id": "start"}
    form["sectok"] = browser.token("/doku.php?id=start&do=login", "sectok")
    browser.ask("/doku.php?id=start", form)
    return in_dokuwiki(browser)


def in_dokuwiki(browser: Browser) -> bool:
    return "do=logout" in browser.ask("/doku.php?id=start")[2]


def make_radicale(host: Host, instance: str) -> None:
    inside(host, instance, "/app/bin/python /provisioner/accounts.py ensure ada", PASSWORD)


def enter_radicale(browser: Browser) -> bool:
    basic = "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    return (
        browser.host.fetch(browser.domain, "/ada/", "PROPFIND", b"", {"Authorization": basic, "Depth": "0"})[0] == 207
    )


def make_prosody(host: Host, instance: str) -> None:
    # Through the application's own table of accounts; the password does not become an argument.
    line = 'prosodyctl --config "$PROSODY_CONFIG" shell user create "ada@$XMPP_DOMAIN" ' + PASSWORD
    inside(host, instance, line)


def enter_prosody(browser: Browser) -> bool:
    program = Path(__file__).parent / "sign_in" / "xmpp.py"
    words = [browser.host.lab.address, browser.domain, "ada", PASSWORD, "1", "203.0.113.9"]
    done = subprocess.run([sys.executable, str(program), *words], capture_output=True, text=True, timeout=60)
    return done.stdout.strip() == "in"


def make_wordpress(host: Host, instance: str) -> None:
    code = (
        "require '/provisioner/load.php'; load_wordpress(); $p = trim(fgets(STDIN)); "
        "$id = wp_insert_user(['user_login' => 'ada', 'user_email' => 'ada@example.org', 'user_pass' => $p, "
        "'role' => 'editor']); is_wp_error($id) && fail('no account'); "
        "wp_insert_post(['post_title' => 'Written by Ada', 'post_status' => 'publish', 'post_author' => $id]);"
    )
    inside(host, instance, f"php -r {shlex.quote(code)}", PASSWORD + "\n")


def enter_wordpress(browser: Browser) -> bool:
    browser.ask("/wp-login.php")
    form = {"log": "ada", "pwd": PASSWORD, "testcookie": "1", "redirect_to": "/wp-admin/"}
    return browser.ask("/wp-login.php", form)[0] == 302


def in_wordpress(browser: Browser) -> bool:
    return browser.ask("/wp-admin/profile.php")[0] == 200


def make_canaille(host: Host, instance: str) -> None:
    code = (
        "import sys; sys.path.insert(0, '/provisioner'); from administrator import run; "
        "run('create', 'user', '--quiet', '--user-name', 'ada', '--emails', 'ada@example.org', '--given-name', 'Ada', "
        "'--family-name', 'A', '--formatted-name', 'Ada A', '--password', sys.stdin.readline().strip())"
    )
    inside(host, instance, f"sh /provisioner/canaille.sh python -c {shlex.quote(code)}", PASSWORD + "\n")


def enter_canaille(browser: Browser) -> bool:
    site = f"https://{browser.domain}"
    form = {"csrf_token": browser.token("/login", "csrf_token"), "login": "ada"}
    browser.ask("/login", form, Referer=f"{site}/login")
    page = browser.ask("/auth/password")[2]
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if not found:
        return False
    form = {"csrf_token": found[1], "password": PASSWORD}
    browser.ask("/auth/password", form, Referer=f"{site}/auth/password")
    return in_canaille(browser)


def in_canaille(browser: Browser) -> bool:
    return browser.ask("/profile/ada")[0] == 200


@dataclass(frozen=True)
class Leaver:
    """How a member is made, signs in, is seen to be signed in still, and what of theirs must stay."""

    make: Callable[[Host, str], None]
    enter: Callable[[Browser], bool]
    still: Callable[[Browser], bool] | None = None
    stays: str = "true"
    container: str = "app"


LEAVERS = {
    "dokuwiki": Leaver(make_dokuwiki, enter_dokuwiki, in_dokuwiki, "grep -q admin: /storage/conf/users.auth.php"),
    "radicale": Leaver(
        make_radicale, enter_radicale, None,
        "test -d /var/lib/radicale/collections/collection-root/ada",
    ),
    "prosody": Leaver(make_prosody, enter_prosody, None, "find /data -name 'ada.dat' | grep -q ."),
    "wordpress": Leaver(
        make_wordpress, enter_wordpress, in_wordpress,
        "php -r \"require '/provisioner/load.php'; load_wordpress(); "
        "exit(get_user_by('login', 'ada')->ID == get_posts(['title' => 'Written by Ada'])[0]->post_author ? 0 : 1);\"",
    ),
    "canaille": Leaver(
        make_canaille, enter_canaille, in_canaille,
        "sh /provisioner/canaille.sh canaille get user --user-name ada | grep -q ada@example.org",
    ),
}  # fmt: skip

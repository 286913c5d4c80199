"""What the proxy is told of one site: TLS, headers, failed sign-ins, ways in. Pure."""

import fnmatch
from functools import lru_cache

import jinja2

from provisioner.catalog import CatalogEntry
from provisioner.models.route import Also, SignIn
from provisioner.models.stack import Stack
from provisioner.paths import data_dir

PORT = "@HTTP_PORT@"
# The answer to a failed sign-in carries it; role `limits` looks for it in the proxy's second log.
MARKER = "X-Sign-In"
AUTHORITY = "/data/caddy/pki/authorities/local"
# Mozilla, Server Side TLS 5.7. What it lists for DHE no program of today needs, and Caddy has none.
PROTOCOLS = {"intermediate": "tls1.2 tls1.3", "modern": "tls1.3"}
CIPHERS = (
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
)  # fmt: skip
# Two years, as Mozilla says. An authority of our own may be made anew, and then nobody could pass: half a year.
HSTS = {"acme": "max-age=63072000", "internal": "max-age=15768000"}


def tls_lines(stack: Stack) -> str:
    """Return the tls directive of each site of a stack.

    Curves are left to Caddy: naming them would take the hybrid against quantum computers out of its newer versions.
    """
    words = ["tls", "internal"] if stack.certificates == "internal" else ["tls", stack.association.contact]
    lines = [f"{' '.join(filter(None, words))} {{", f"\tprotocols {PROTOCOLS[stack.security.tls]}"]
    if stack.security.tls == "intermediate":
        lines.append(f"\tciphers {' '.join(CIPHERS)}")
    return "".join(f"\t{line}\n" for line in [*lines, "}"])


def service_site(stack: Stack, entry: CatalogEntry, domain: str, page: str, is_open: bool) -> str:
    """Return the route of a service: the service itself, or the page that says it is being prepared."""
    route, headers = entry.service.route, entry.service.route.security_headers
    sign_ins = dict(enumerate(route.sign_in, 1))
    inside = {number: way for number, each in sign_ins.items() if (way := _way_of(each, route.also)) is not None}
    return template("proxy/route.caddy.j2").render(
        domain=domain, tls=tls_lines(stack), hsts=HSTS[stack.certificates], open=is_open, page=page, marker=MARKER,
        headers={name: value for name, value in headers.items() if not name.startswith("?")},
        default_headers={name[1:]: value for name, value in headers.items() if name.startswith("?")},
        deny=route.deny, secure_cookies=route.secure_cookies, redirects=route.redirects,
        max_body=_bytes(route.max_body), port=PORT,
        sign_ins=_numbered({number: each for number, each in sign_ins.items() if number not in inside}),
        ways=[
            (way, f"@HTTP_PORT_{place}@", _numbered({n: sign_ins[n] for n, its in inside.items() if its is way}))
            for place, way in enumerate(route.also, 2)
        ],
    )  # fmt: skip


def portal_site(stack: Stack, domain: str, pages: dict[str, str]) -> str:
    """Return the route of the start page."""
    return template("proxy/portal.caddy.j2").render(
        domain=domain, certificates=stack.certificates, tls=tls_lines(stack), hsts=HSTS[stack.certificates],
        pages=pages, authority=AUTHORITY, certificate_file=f"{stack.association.id}.crt",
    )  # fmt: skip


def _numbered(sign_ins: dict[int, SignIn]) -> list[dict[str, object]]:
    return [{"number": number, **each.model_dump()} for number, each in sign_ins.items()]


def _way_of(sign_in: SignIn, ways: list[Also]) -> Also | None:
    """Return the further way in that answers the path of a sign-in, or None for the service's own container."""
    return next((way for way in ways if way.path and fnmatch.fnmatchcase(sign_in.path, way.path)), None)


def _bytes(size: str) -> str:
    """Return a size in the unit that Caddy reads as powers of 1024."""
    return f"{size[:-1]}{ {'K': 'KiB', 'M': 'MiB', 'G': 'GiB'}[size[-1]] }"


@lru_cache
def read(path: str) -> str:
    """Return the text of a template."""
    return (data_dir("templates") / path).read_text("utf-8")


@lru_cache
def template(path: str) -> jinja2.Template:
    """Return a template of the proxy's files; its filter `quoted` makes a text one word for Caddy."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701
    environment.filters["quoted"] = lambda text: '"' + str(text).replace('"', '\\"') + '"'
    return environment.from_string(read(path))

"""Ask a registry which digest an image reference has now, over its HTTP API (version 2)."""

import re
from typing import NamedTuple
from urllib.parse import urljoin

import requests

from provisioner.errors import ProvisionerError
from provisioner.i18n import _

DOCKER_HUB = "registry-1.docker.io"
TIMEOUT = (5, 20)
MANIFESTS = ", ".join(
    (
        "application/vnd.oci.image.index.v1+json",
        "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.docker.distribution.manifest.v2+json",
    )
)


class Reference(NamedTuple):
    """An image reference taken apart. `repository` is without registry, with `library/` written out for Docker Hub."""

    registry: str
    repository: str
    tag: str
    digest: str

    @property
    def name(self) -> str:
        """The repository as people write it: postgres, etherpad/etherpad, ghcr.io/someone/something."""
        if self.registry == "docker.io":
            return self.repository.removeprefix("library/")
        return f"{self.registry}/{self.repository}"


class Registry(NamedTuple):
    """A registry of ours that speaks plain HTTP: host[:port] as this machine reaches it, and as the hosts reach it."""

    push: str
    pull: str


def parse_reference(reference: str) -> Reference:
    """Given an image reference, return its parts. Raise ProvisionerError when it is none."""
    rest, _at, digest = reference.partition("@")
    head, slash, tail = rest.partition("/")
    registry = "docker.io"
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, rest = ("docker.io" if head in ("index.docker.io", DOCKER_HUB) else head), tail
    repository, _colon, tag = rest.partition(":")
    if registry == "docker.io" and "/" not in repository:
        repository = f"library/{repository}"
    part = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
    good_tag = re.fullmatch(r"[\w][\w.-]{0,127}", tag or "latest")
    good_digest = re.fullmatch(r"(sha256:[0-9a-f]{64})?", digest)
    if not (re.fullmatch(rf"{part}(/{part})*", repository) and good_tag and good_digest):
        raise ProvisionerError(_("'{reference}' is no image reference").format(reference=reference))
    return Reference(registry, repository, tag or ("" if digest else "latest"), digest)


def resolve_digest(reference: str, mirror: str | None = None, insecure: bool = False) -> str:
    """Given an image reference, return the digest ("sha256:...") its registry, or the mirror, has for it now.

    A reference that carries a digest is answered without asking. `mirror`: see `address_of`. `insecure` speaks plain
    HTTP. Raise ProvisionerError when the image is missing, the registry cannot be reached or wants a login.
    """
    parts = parse_reference(reference)
    if parts.digest:
        return parts.digest
    host, repository = address_of(parts, mirror)
    url = f"{'http' if insecure else 'https'}://{host}/v2/{repository}/manifests/{parts.tag}"
    answer = _ask("HEAD", url, parts, host)
    digest = str(answer.headers.get("Docker-Content-Digest", ""))
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise ProvisionerError(
            _("the registry {host} gave no digest for {reference}").format(host=host, reference=reference)
        )
    return digest


def read_manifest(reference: str, host: str) -> dict[str, object]:
    """Given a reference and a plain-HTTP registry's host, return the image's manifest, {} when it is not there."""
    parts = parse_reference(reference)
    try:
        url = f"http://{host}/v2/{parts.repository}/manifests/{parts.tag}"
        answer = _session(url).get(url, headers={"Accept": MANIFESTS}, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise _unreachable(host, error) from error
    return dict(answer.json()) if answer.status_code == requests.codes.ok else {}


def list_tags(reference: str, mirror: str | None = None, insecure: bool = False) -> list[str]:
    """Given an image reference, return every tag that its registry, or the mirror, has of the repository.

    Raise ProvisionerError as `resolve_digest` does.
    """
    parts = parse_reference(reference)
    host, repository = address_of(parts, mirror)
    url: str | None = f"{'http' if insecure else 'https'}://{host}/v2/{repository}/tags/list?n=1000"
    tags: list[str] = []
    while url:
        answer = _ask("GET", url, parts, host)
        tags += answer.json().get("tags") or []
        further = answer.links.get("next", {}).get("url")
        url = urljoin(url, further) if further else None
    return tags


def address_of(parts: Reference, mirror: str | None = None) -> tuple[str, str]:
    """Return host and repository of an image: those of its own registry, or those under which a mirror has it.

    A mirror is host[:port], or host[:port]/path; {registry} in the path stands for the registry of the image, as in
    mirror.example/{registry}.
    """
    if not mirror:
        return DOCKER_HUB if parts.registry == "docker.io" else parts.registry, parts.repository
    host, _slash, path = mirror.replace("{registry}", parts.registry).partition("/")
    return host, f"{path.rstrip('/')}/{parts.repository}".lstrip("/")


def reachable(host: str = DOCKER_HUB, *, insecure: bool = False, timeout: float = 3) -> bool:
    """Tell whether a registry answers at its API within `timeout` seconds."""
    url = f"{'http' if insecure else 'https'}://{host}/v2/"
    try:
        answer = _session(url).get(url, timeout=timeout)
    except requests.RequestException:
        return False
    return answer.status_code in (requests.codes.ok, requests.codes.unauthorized)


def _ask(method: str, url: str, parts: Reference, host: str) -> requests.Response:
    """Send the request, once more with an anonymous token when the registry asks for one, and judge the answer."""
    headers, session = {"Accept": MANIFESTS}, _session(url)
    try:
        answer = session.request(method, url, headers=headers, timeout=TIMEOUT)
        if answer.status_code == requests.codes.unauthorized:
            token = _token(answer.headers.get("WWW-Authenticate", ""))
            if token:
                headers["Authorization"] = f"Bearer {token}"
                answer = session.request(method, url, headers=headers, timeout=TIMEOUT)
    except requests.RequestException as error:
        raise _unreachable(host, error) from error
    if answer.status_code == requests.codes.ok:
        return answer
    raise _refused(answer.status_code, parts, host)


def _session(url: str) -> requests.Session:
    """Return a session; a plain-HTTP registry is on this machine or beside it, where a proxy has no business."""
    session = requests.Session()
    session.trust_env = url.startswith("https://")
    return session


def _token(challenge: str) -> str:
    """Given a Bearer challenge, return the token that anybody gets, or "" when nobody does."""
    if not challenge.lower().startswith("bearer "):
        return ""
    fields = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    realm = fields.pop("realm", "")
    if not realm.startswith(("https://", "http://")):
        return ""
    answer = requests.get(realm, params=fields, timeout=TIMEOUT)
    if answer.status_code != requests.codes.ok:
        return ""
    found = answer.json()
    return str(found.get("token") or found.get("access_token") or "")


def _refused(status: int, parts: Reference, host: str) -> ProvisionerError:
    image = f"{parts.name}:{parts.tag}"
    if status == requests.codes.not_found:
        text = _("the image {image} is not in the registry {host}").format(image=image, host=host)
        return ProvisionerError(text, _("Look at its name and version in the service's compose.yaml."))
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        text = _("the registry {host} does not give {image} without a login").format(image=image, host=host)
        return ProvisionerError(text, _("The name may be wrong, or the image private: use a mirror that has it."))
    if status == requests.codes.too_many_requests:
        text = _("the registry {host} says that too much was asked from this address").format(host=host)
        return ProvisionerError(text, _("Wait some hours, or use a mirror."))
    text = _("the registry {host} answered {status} for {image}").format(host=host, status=status, image=image)
    return ProvisionerError(text, _("Try again later."))


def _unreachable(host: str, error: Exception) -> ProvisionerError:
    reason = type(error).__name__
    if isinstance(error, requests.exceptions.SSLError):
        text = _("the registry {host} shows a certificate that is not trusted here").format(host=host)
        return ProvisionerError(text, _("Behind a proxy that opens TLS, let REQUESTS_CA_BUNDLE name the site's CAs."))
    text = _("the registry {host} cannot be reached ({reason})").format(host=host, reason=reason)
    return ProvisionerError(text, _("Without a registry, build the images here: provisioner images build"))

"""The packages of hosts and instances as records. Pure: what a host answered in, records out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from provisioner.host.layout import PROXY
from provisioner.models.stack import Lock, LockedImage

ECOSYSTEMS = {
    "deb": "Debian", "apk": "Alpine", "pypi": "PyPI", "npm": "npm", "composer": "Packagist", "gem": "RubyGems",
    "golang": "Go",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Package:
    """One installed package. `source` is what distributions speak of in advisories."""

    type: str
    name: str
    version: str
    source: str = ""
    source_version: str = ""
    arch: str = ""
    licenses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contents:
    """The packages of one image or host. `error`: why they are not known; `opaque`: programs whose parts are not.

    `reference` is what runs; `stands_for` what the catalog asks for, where an image built here runs in its place.
    """

    name: str
    release: dict[str, str]
    packages: tuple[Package, ...]
    reference: str = ""
    digest: str = ""
    version: str = ""
    opaque: tuple[str, ...] = ()
    error: str = ""
    stands_for: str = ""

    @property
    def ecosystem(self) -> str:
        """The distribution as OSV writes it: Debian:13, Alpine:v3.22; "" when unknown."""
        kind, number = self.release.get("ID", ""), self.release.get("VERSION_ID", "")
        if kind == "debian" and number:
            return f"Debian:{number}"
        if kind == "alpine" and number:
            return f"Alpine:v{'.'.join(number.split('.')[:2])}"
        return f"{kind.capitalize()}:{number}" if kind else ""

    def ecosystem_of(self, package: Package) -> str:
        """Return where a package's advisories are looked up: its distribution's release, or its registry."""
        return self.ecosystem if package.type in ("deb", "apk") else ECOSYSTEMS[package.type]


@dataclass(frozen=True)
class Host:
    """A host: its own packages, what apt would bring newer, when apt last looked (seconds, 0: never)."""

    name: str
    contents: Contents
    kernel: str
    pending: list[dict[str, Any]] | None
    lists: int


@dataclass(frozen=True)
class Inventory:
    """Everything that was found: hosts by name, instances by name, each with its containers' images."""

    hosts: dict[str, Host] = field(default_factory=dict)
    instances: dict[str, list[Contents]] = field(default_factory=dict)

    def everything(self) -> Iterator[tuple[str, Contents]]:
        """Yield (host or instance, contents)."""
        for name, host in self.hosts.items():
            yield name, host.contents
        for name, images in self.instances.items():
            for contents in images:
                yield name, contents


def inventory(answers: dict[str, dict[str, Any]], locks: list[Lock]) -> Inventory:
    """Given what hosts answered (name -> answer of `packages`) and the stacks' locks, return all of it as records."""
    locked = {
        image.image.rpartition("@")[2]: (reference, image) for lock in locks for reference, image in lock.images.items()
    }
    hosts, instances = {}, {}
    for name, answer in sorted(answers.items()):
        if answer.get("host"):
            hosts[name] = _host(name, answer["host"])
        for instance, containers in sorted(answer["instances"].items()):
            own = f"{name}-proxy" if instance == PROXY else instance  # each host has one of that name
            instances[own] = [
                _contents(container, answer["images"][identifier], identifier, locked)
                for container, identifier in sorted(containers.items())
            ]
    return Inventory(hosts, instances)


def _host(name: str, data: dict[str, Any]) -> Host:
    contents = Contents(name, data["release"], _packages(data["packages"]))
    return Host(name, contents, data["kernel"], data["pending"], data["lists"])


def _contents(
    container: str, data: dict[str, Any], identifier: str, locked: dict[str, tuple[str, LockedImage]]
) -> Contents:
    if "error" in data:
        return Contents(container, {}, (), digest=identifier, error=data["error"])
    pulled = [reference.rpartition("@")[2] for reference in data["digests"]]
    known = next((digest for digest in pulled if digest in locked), "")
    reference, stands_for = (data["references"] or data["digests"] or [""])[0].partition("@")[0], ""
    if known:
        asked, image = locked[known]
        built = image.source != "upstream"
        reference, stands_for = (image.image.partition("@")[0], asked) if built else (asked, "")
    return Contents(
        container, data["release"], _packages(data["packages"]), reference, known or (pulled or [identifier])[0],
        data["version"], tuple(data["opaque"]), stands_for=stands_for,
    )  # fmt: skip


def _packages(items: list[dict[str, Any]]) -> tuple[Package, ...]:
    return tuple(sorted(_package(item) for item in items if item.get("type") in ECOSYSTEMS))


def _package(item: dict[str, Any]) -> Package:
    kind, name, version, source, source_version, arch = (
        str(item.get(key, "")) for key in ("type", "name", "version", "source", "source_version", "arch")
    )
    licenses = tuple(str(each) for each in item.get("licenses", ()))
    return Package(kind, name, version, source, source_version, arch, licenses)

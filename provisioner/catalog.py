"""Load the catalog: one folder a service, two files each. Everything wrong in all of them is told at once.

A folder with service.yaml but without compose.yaml is an outline: the matching knows it, nobody can deploy it yet.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from provisioner.errors import Finding, InputError
from provisioner.explain import suggest_or_list
from provisioner.i18n import _
from provisioner.load import Document, load_yaml, model_from
from provisioner.models.base import Model
from provisioner.models.compose import Compose, tag
from provisioner.models.service import NotNeeded, Outline, Service
from provisioner.paths import data_dir

M = TypeVar("M", bound=Outline)
DATA_FILES = ("needs.yaml", "prices.yaml", "tools.yaml", "weights.yaml")


@dataclass(frozen=True)
class CatalogEntry:
    """One service: its two files as models, as documents (for line numbers) and as bytes (to be shipped)."""

    name: str
    folder: Path
    service: Service
    compose: Compose
    service_document: Document
    compose_document: Document

    @property
    def images(self) -> list[str]:
        """Return the upstream image references of compose.yaml."""
        return self.compose.images()

    @property
    def version(self) -> str:
        """Return the version of the service: the tag of its main image."""
        return tag(self.compose.services[self.service.upgrade.version_of].image)

    @cached_property
    def shipped(self) -> dict[str, str]:
        """Return the files every instance gets as they are: path -> text."""
        paths = [self.folder / "compose.yaml", *sorted((self.folder / "files").rglob("*"))]
        return {str(p.relative_to(self.folder)): p.read_text("utf-8") for p in paths if p.is_file()}

    @cached_property
    def recipe(self) -> str:
        """Return service.json: set-up, first administrator, probe, way in, logs, backup, as programs there want it."""
        service = self.service
        admin = None if isinstance(service.first_admin, NotNeeded) else _plain(service.first_admin)
        probe = {"write": [_plain(s) for s in service.probe.write], "read": [_plain(s) for s in service.probe.read]}
        data = {
            "setup": [_plain(command) for command in service.setup],
            "first_admin": admin,
            "probe": probe,
            "route": service.route.model_dump(include={"container", "port", "also"}),
            "backup": _plain(service.backup),
            "gdpr": service.gdpr.model_dump(
                by_alias=True,
                include={"erase", "restart", "subjects", "export", "leave", "purges"},
                exclude_defaults=True,
                exclude={"purges": {"__all__": {"seed", "there"}}},
            ),
        }
        logs = [log.model_dump(include={"container", "failed"}) for log in service.sign_in_logs]
        data |= {"sign_in_logs": logs} if logs else {}
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(step: Model) -> dict[str, Any]:
    data: dict[str, Any] = step.model_dump(by_alias=True, exclude_defaults=True)
    return data


@dataclass(frozen=True)
class Catalog:
    """All services by name, building blocks (folders with an image recipe only), and what is known for matching."""

    folder: Path
    services: dict[str, CatalogEntry]
    blocks: list[str] = field(default_factory=list)
    outlines: dict[str, Outline] = field(default_factory=dict)

    @property
    def all_outlines(self) -> list[Outline]:
        """Return what the matching reads: deployable services first, then the others, each by name."""
        return [*(entry.service for entry in self.services.values()), *self.outlines.values()]

    def outline(self, name: str) -> Outline:
        """Given the name of a service, deployable or not, return what is known. Raise InputError with the nearest."""
        if name in self.outlines:
            return self.outlines[name]
        if name not in self.services:
            raise _unknown(name, [*self.services, *self.outlines])
        return self.services[name].service

    def entry(self, name: str) -> CatalogEntry:
        """Given a service name, return its entry. Raise InputError naming the nearest service."""
        if name in self.outlines:
            message = _("'{name}' is known for matching, but cannot be deployed yet").format(name=name)
            raise InputError(message, hint=_("See what can be deployed: provisioner catalog list"))
        if name not in self.services:
            raise _unknown(name, list(self.services))
        return self.services[name]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of all service.yaml, compose.yaml and data files, as the catalog's version."""
        paths = [self.folder / name / "service.yaml" for name in (*self.services, *self.outlines)]
        paths += [self.folder / name / "compose.yaml" for name in self.services]
        paths += [self.folder / name for name in DATA_FILES]
        total = hashlib.sha256()
        for path in sorted(path for path in paths if path.is_file()):
            total.update(f"{path.relative_to(self.folder)}\n".encode())
            total.update(path.read_bytes())
        return total.hexdigest()


def _unknown(name: str, known: list[str]) -> InputError:
    message = _("no service '{name}' in the catalog;").format(name=name) + suggest_or_list(name, known)
    return InputError(message, hint=_("See them all: provisioner catalog list"))


def load_catalog(folder: Path | None = None) -> Catalog:
    """Given a catalog folder (default: ours), return the Catalog. Raise InputError with every finding."""
    root = folder or data_dir("catalog")
    if not root.is_dir():
        raise InputError(_("there is no catalog folder at {path}").format(path=root))
    services: dict[str, CatalogEntry] = {}
    blocks: list[str] = []
    outlines: dict[str, Outline] = {}
    findings: list[Finding] = []
    for path in sorted(item for item in root.iterdir() if item.is_dir()):
        if not (path / "service.yaml").is_file():
            blocks.append(path.name)
        elif is_outline(path):
            outline = _load_outline(path, findings)
            if outline:
                outlines[path.name] = outline[0]
        elif entry := _load_entry(path, findings):
            services[path.name] = entry
    if findings:
        raise InputError(_("The catalog has errors."), findings)
    return Catalog(root, services, blocks, outlines)


def is_outline(folder: Path) -> bool:
    """Given a folder of the catalog, return whether the service in it is known for matching only."""
    return (folder / "service.yaml").is_file() and not (folder / "compose.yaml").exists()


def load_outline(folder: Path) -> tuple[Outline, Document]:
    """Given one folder without compose.yaml, return its model and document. Raise InputError with every finding."""
    findings: list[Finding] = []
    found = _load_outline(folder, findings)
    if found is None or findings:
        raise InputError(_("The catalog has errors."), findings)
    return found


def load_entry(folder: Path) -> CatalogEntry:
    """Given one service folder, return its entry. Raise InputError with every finding."""
    findings: list[Finding] = []
    entry = _load_entry(folder, findings)
    if entry is None or findings:
        raise InputError(_("The catalog has errors."), findings)
    return entry


def _load_outline(folder: Path, findings: list[Finding]) -> tuple[Outline, Document] | None:
    count = len(findings)
    found = _load_service(folder, Outline, findings)
    if found is None and (surplus := _deployment_keys(folder)):
        text = _("there is no compose.yaml: only a service that can be deployed has {keys}")
        findings[count:] = [Finding(text.format(keys=", ".join(surplus)), str(folder / "service.yaml"), 1)]
    return found


def _deployment_keys(folder: Path) -> list[str]:
    """Return the keys of service.yaml that belong to services with a compose.yaml only."""
    try:
        data = load_yaml(folder / "service.yaml").data
    except InputError:
        return []
    return [key for key in data if key in Service.model_fields.keys() - Outline.model_fields] if data else []


def _load_service(folder: Path, model: type[M], findings: list[Finding]) -> tuple[M, Document] | None:
    try:
        document = load_yaml(folder / "service.yaml")
        service = model_from(document, model)
    except InputError as error:
        findings += error.findings
        return None
    if service.name != folder.name:
        text = _("the name is '{name}', but the folder is called '{folder}'")
        findings.append(document.finding(("name",), text.format(name=service.name, folder=folder.name)))
    return service, document


def _load_entry(folder: Path, findings: list[Finding]) -> CatalogEntry | None:
    compose_document, compose = None, None
    service = _load_service(folder, Service, findings)
    try:
        compose_document = load_yaml(folder / "compose.yaml", anchors=True)
        data = compose_document.data
        if isinstance(data, dict):
            compose_document.data = {key: value for key, value in data.items() if not key.startswith("x-")}
        compose = model_from(compose_document, Compose)
    except InputError as error:
        findings += error.findings
    if not (service and compose and compose_document):
        return None
    return CatalogEntry(folder.name, folder, service[0], compose, service[1], compose_document)

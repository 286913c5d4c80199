"""Load the catalog: one folder a service, two files each. Everything wrong in all of them is told at once."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from provisioner.errors import Finding, InputError
from provisioner.i18n import _
from provisioner.load import Document, load_yaml, model_from
from provisioner.models.base import Model
from provisioner.models.compose import Compose, tag
from provisioner.models.service import NotNeeded, Service
from provisioner.paths import data_dir


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
        """Return service.json: set-up, first administrator and probe, as the host program reads them."""
        service = self.service
        admin = None if isinstance(service.first_admin, NotNeeded) else _plain(service.first_admin)
        probe = {"write": [_plain(s) for s in service.probe.write], "read": [_plain(s) for s in service.probe.read]}
        data = {"setup": [_plain(command) for command in service.setup], "first_admin": admin, "probe": probe}
        return json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _plain(step: Model) -> dict[str, Any]:
    data: dict[str, Any] = step.model_dump(by_alias=True, exclude_defaults=True)
    return data


@dataclass(frozen=True)
class Catalog:
    """All services by name, and the building blocks (folders with an image recipe only)."""

    folder: Path
    services: dict[str, CatalogEntry]
    blocks: list[str] = field(default_factory=list)

    def entry(self, name: str) -> CatalogEntry:
        """Given a service name, return its entry. Raise InputError naming the nearest service."""
        from provisioner.explain import suggest_or_list

        if name not in self.services:
            message = _("no service '{name}' in the catalog;").format(name=name)
            message += suggest_or_list(name, list(self.services))
            raise InputError(message, hint=_("See them all: provisioner catalog list"))
        return self.services[name]

    @cached_property
    def digest(self) -> str:
        """Return the SHA-256 of all service.yaml and compose.yaml files, as the catalog's version."""
        total = hashlib.sha256()
        for name in sorted(self.services):
            for file in ("compose.yaml", "service.yaml"):
                total.update((self.services[name].folder / file).read_bytes())
        return total.hexdigest()


def load_catalog(folder: Path | None = None) -> Catalog:
    """Given a catalog folder (default: ours), return the Catalog. Raise InputError with every finding."""
    root = folder or data_dir("catalog")
    if not root.is_dir():
        raise InputError(_("there is no catalog folder at {path}").format(path=root))
    services: dict[str, CatalogEntry] = {}
    blocks: list[str] = []
    findings: list[Finding] = []
    for path in sorted(item for item in root.iterdir() if item.is_dir()):
        if not (path / "service.yaml").is_file():
            blocks.append(path.name)
            continue
        entry = _load_entry(path, findings)
        if entry:
            services[path.name] = entry
    if findings:
        raise InputError(_("The catalog has errors."), findings)
    return Catalog(root, services, blocks)


def load_entry(folder: Path) -> CatalogEntry:
    """Given one service folder, return its entry. Raise InputError with every finding."""
    findings: list[Finding] = []
    entry = _load_entry(folder, findings)
    if entry is None or findings:
        raise InputError(_("The catalog has errors."), findings)
    return entry


def _load_entry(folder: Path, findings: list[Finding]) -> CatalogEntry | None:
    service_document = compose_document = None
    service, compose = None, None
    try:
        service_document = load_yaml(folder / "service.yaml")
        service = model_from(service_document, Service)
        if service.name != folder.name:
            text = _("the name is '{name}', but the folder is called '{folder}'")
            findings.append(service_document.finding(("name",), text.format(name=service.name, folder=folder.name)))
    except InputError as error:
        findings += error.findings
    try:
        compose_document = load_yaml(folder / "compose.yaml", anchors=True)
        data = compose_document.data
        if isinstance(data, dict):
            compose_document.data = {key: value for key, value in data.items() if not key.startswith("x-")}
        compose = model_from(compose_document, Compose)
    except InputError as error:
        findings += error.findings
    if not (service and compose and service_document and compose_document):
        return None
    return CatalogEntry(folder.name, folder, service, compose, service_document, compose_document)
